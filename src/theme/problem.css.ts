import { css } from 'lit';

/** What failed, as close together as the content whose place it takes. */
export const problem = css`
  .failure {
    display: grid;
    justify-items: start;
    gap: 6px;
  }
  .failure .note {
    display: flex;
    flex-wrap: wrap;
    column-gap: 12px;
  }
`;
