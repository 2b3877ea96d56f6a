export async function soak(words: string[]): Promise<void> {
  void words;
}
