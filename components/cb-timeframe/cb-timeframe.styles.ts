import { css } from 'lit';

export const styles = css`
  .narrow {
    display: none;
  }
  .panel {
    inline-size: 260px;
  }
  .control {
    container-type: normal;
  }
  :host {
    container-type: inline-size;
  }
  @container (inline-size < 520px) {
    .wide {
      display: none;
    }
    .narrow {
      display: block;
      flex: 1;
    }
  }
`;
