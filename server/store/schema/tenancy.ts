export interface TenancySchema {}
