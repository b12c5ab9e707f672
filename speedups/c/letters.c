/* Sets of letters, as classes of a regular expression name them. */
#include "automaton.h"

void letters_put(Letters *letters, Py_UCS4 low, Py_UCS4 high, int flags)
{
    for (Py_UCS4 letter = low; letter <= high && letter < LETTERS; letter++) {
        put_letter(letters, letter);
        if (flags & FOLD && ((letter | 32) >= 'a' && (letter | 32) <= 'z')) {
            put_letter(letters, letter ^ 32);
        }
    }
    if (flags & FOLD) {
        /* Two letters outside of ASCII that fold to one within: the long s and the Kelvin sign. */
        if (low <= 0x17F && 0x17F <= high) {
            letters_put(letters, 's', 's', FOLD);
        }
        if (low <= 0x212A && 0x212A <= high) {
            letters_put(letters, 'k', 'k', FOLD);
        }
    }
}

void letters_turn(Letters *letters)
{
    letters->low = ~letters->low;
    letters->high = ~letters->high;
}

/* Puts what `\d`, `\w`, `\s` and their opposites stand for; `inner` where the whole is turned round afterwards. */
int letters_put_kind(Letters *letters, Py_UCS4 letter, int inner)
{
    Letters found = {0, 0};
    Py_UCS4 kind = letter | 32;
    int opposite = letter != kind;
    if (kind == 'd' || kind == 'w') {
        letters_put(&found, '0', '9', 0);
    }
    if (kind == 'w') {
        letters_put(&found, 'a', 'z', FOLD);
        put_letter(&found, '_');
    } else if (kind == 's') {
        letters_put(&found, '\t', '\n', 0);
        letters_put(&found, '\f', '\r', 0);
        put_letter(&found, ' ');
        if (opposite == inner) {
            /* `re` counts these as well, RE2 does not: whichever takes more. */
            put_letter(&found, '\v');
            letters_put(&found, 0x1C, 0x1F, 0);
        }
    } else if (kind != 'd') {
        return LEFT;
    }
    if (opposite) {
        letters_turn(&found);
    }
    letters->low |= found.low;
    letters->high |= found.high;
    return DONE;
}
