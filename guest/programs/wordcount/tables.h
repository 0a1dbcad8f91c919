// Made by generate-tables.ts: how long the tables are.
#define WORD_RANGES 822
#define FOLDINGS 205
