/** Owner only: profiles name endpoints and code of the application. */
export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;
