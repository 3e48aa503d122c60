import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-cleanup-monitor-padding-inline, calc(var(--_cb-space) * 4.5));
  }
  .summary {
    display: grid;
    /* Six fit in rows of three, two or one. */
    grid-template-columns: repeat(auto-fit, minmax(max(130px, 30%), 1fr));
    gap: 12px 20px;
    margin: 0;
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  dt {
    color: var(--_cb-quiet);
    font-size: 12px;
  }
  dd {
    margin: 1px 0 0;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  dd .skeleton {
    display: inline-block;
    inline-size: 70%;
    block-size: 10px;
    vertical-align: middle;
  }
  .last-run {
    margin: 0;
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
    font-variant-numeric: tabular-nums;
  }
  .words {
    color: transparent;
    -webkit-box-decoration-break: clone;
    box-decoration-break: clone;
  }
  [role='status'] {
    margin: 0;
  }
  .result {
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  .none {
    margin: 0;
    padding: calc(var(--_cb-space) * 3) var(--_cb-inline) calc(var(--_cb-space) * 4);
    border-block-start: 1px solid var(--_cb-border);
  }
  .c-path .name {
    font-family: var(--_cb-mono);
    font-size: 12.5px;
  }
  .outcome.failed {
    color: var(--_cb-negative);
  }
  .to-come {
    visibility: hidden;
  }
  @container (inline-size < 740px) {
    /* Paths are long: they have the first line for themselves. */
    .table td.c-size {
      order: 4;
    }
  }
  @container (inline-size < 340px) {
    /* The sentence has two lines or three here: nothing below it moves when it arrives. */
    .last-run {
      min-block-size: 3lh;
    }
    .table td.c-reason {
      order: 5;
      flex-basis: 100%;
    }
  }
  @container (inline-size < 400px) {
    /* The button is below it, before the age comes and after. */
    .heading {
      flex-basis: calc(100% - 100px);
    }
  }
`;
