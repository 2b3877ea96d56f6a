/** A mistake of whoever starts the program, or of the place it is started in: told in a line, without a stack. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}
