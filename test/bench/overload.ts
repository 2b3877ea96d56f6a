export async function overload(words: string[]): Promise<void> {
  void words;
}
