import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-usage-timeline-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-usage-timeline-height, 240px);
  }
  /* Six figures have no room as buttons: they are a menu. */
  .choice {
    display: none;
  }
  @container (inline-size < 760px) {
    .choice {
      display: block;
    }
    .metrics {
      display: none;
    }
  }
  /* Buttons below the heading. */
  @container (inline-size < 480px) {
    .header {
      justify-content: start;
    }
    .heading {
      flex-basis: 100%;
    }
    .segment {
      padding-inline: 8px;
    }
  }
`;
