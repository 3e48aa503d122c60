import type { Messages } from '../../src/i18n/catalogue.ts';
import type { ExampleMessage } from './cb-example.messages.ts';

const messages: Messages<ExampleMessage> = {
  heading: 'Example title',
  requests: 'الطلبات',
  errors: 'الفاشلة',
  empty: 'لا طلبات في هذه الفترة. تظهر هنا حين يرسل أحد الوكلاء بياناته.',
};
export default messages;
