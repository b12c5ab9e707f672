/* What pattern.c and automaton.c share: the graph of all patterns. */
#ifndef OBSKIT_AUTOMATON_H
#define OBSKIT_AUTOMATON_H

#include "speedups.h"

#define LETTERS 128
#define MOST_NODES 60000

/* What a node of the graph is: a way on, two ways on, a letter to read, an edge of the text, or an end. */
enum { STEP, FORK, LETTER, BEGINNING, ENDING, FOUND };

typedef struct {
    uint64_t low, high;
} Letters;

typedef struct {
    uint8_t kind, mark;
    uint16_t next, other;
    Letters letters;
} Node;

typedef struct {
    uint16_t *nodes;
    size_t count, room;
} Set;

typedef struct {
    uint32_t begin;
    uint16_t count;
    uint8_t final;
} State;

struct Automaton {
    Node *nodes;
    size_t count, room;
    /* Where each pattern begins. */
    uint16_t *starts;
    size_t start_count;
    /* What the beginning of any pattern leads to, by letter: it is the same in every state. */
    Set after[LETTERS];
    uint8_t after_marks[LETTERS];
    uint8_t start_final;
    int ready, first;
    /* The states met so far, and for each the ones that follow: 0 not known yet, else the number and one more,
     * with the highest bit where a pattern marked TOLD ends there. */
    State *states;
    uint16_t *following;
    size_t state_count, state_room;
    uint16_t *pool;
    size_t pool_count, pool_room;
    uint16_t *table;
    /* For building a set: which nodes are in it by now. */
    uint32_t *stamps, stamp;
    Set work, stack;
};

static inline int has(const Letters *letters, unsigned letter)
{
    return (int)((letter < 64 ? letters->low >> letter : letters->high >> (letter - 64)) & 1);
}

static inline void put_letter(Letters *letters, unsigned letter)
{
    if (letter < 64) {
        letters->low |= UINT64_C(1) << letter;
    } else if (letter < LETTERS) {
        letters->high |= UINT64_C(1) << (letter - 64);
    }
}

/* How a pattern is meant: without case, line by line, with `.` for every letter. */
enum { FOLD = 1, LINES = 2, DOTALL = 4 };

void letters_put(Letters *letters, Py_UCS4 low, Py_UCS4 high, int flags);
void letters_turn(Letters *letters);
int letters_put_kind(Letters *letters, Py_UCS4 letter, int inner);

/* Builds the graph of a pattern; returns its first node, LEFT (0) where it has something that is not known. */
int pattern_build(Automaton *automaton, const Py_UCS4 *text, size_t length, int mark);

#endif
