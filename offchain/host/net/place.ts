// Where the store is, unless somebody says otherwise. 7666 is SONM on the keys of a telephone.

export const STORE_HOST = "127.0.0.1";
export const STORE_PORT = 7666;
export const DEFAULT_STORE = `http://${STORE_HOST}:${STORE_PORT}`;
