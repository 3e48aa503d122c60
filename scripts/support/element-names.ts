/** What an element is called where its tag can't stand. */
export interface ElementNames {
  /** `CbUsageTimeline` */
  className: string;
  /** `UsageTimelineMessage` */
  messageType: string;
  /** `Usage timeline` */
  title: string;
}

/** @throws where the tag is none of ours */
export function namesOf(tag: string): ElementNames {
  if (!/^cb(?:-[a-z][a-z0-9]*)+$/.test(tag)) {
    throw new Error(
      `'${tag}' is no tag: cb- and words in small letters, such as cb-usage-timeline.`,
    );
  }
  const words = tag.split('-').slice(1);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const name = words.map(capital).join('');
  return {
    className: `Cb${name}`,
    messageType: `${name}Message`,
    title: capital(words.join(' ')),
  };
}
