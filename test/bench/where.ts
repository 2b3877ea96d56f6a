export async function where(words: string[]): Promise<void> {
  void words;
}
