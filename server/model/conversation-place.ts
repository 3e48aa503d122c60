/** Names a conversation: its client's id is unique within its domain only. */
export interface ConversationPlace {
  domain: string;
  key: string;
}
