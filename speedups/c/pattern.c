/* Regular expressions as RE2 and `re` both take them, over ASCII; what is not known here is refused.
 *
 * Where the two differ, or a text outside of ASCII is meant, the graph takes more than they do, never less.
 */
#include "automaton.h"

#define MOST_COPIES 256
#define DEEPEST 24
#define NO_END (-1)

typedef struct {
    Automaton *automaton;
    const Py_UCS4 *text;
    size_t length, at;
    int depth;
} Parser;

/* A part of the graph: where it begins, and the STEP that it ends in. */
typedef struct {
    uint16_t first, last;
} Part;

static int alternatives(Parser *parser, int flags, Part *part);

static int node(Automaton *automaton, uint8_t kind, uint16_t next, uint16_t other)
{
    if (automaton->count >= MOST_NODES) {
        return LEFT;
    }
    if (automaton->count == automaton->room) {
        size_t room = automaton->room ? automaton->room * 2 : 1024;
        Node *nodes = PyMem_Realloc(automaton->nodes, room * sizeof *nodes);
        if (nodes == NULL) {
            return LEFT;
        }
        automaton->nodes = nodes;
        automaton->room = room;
        if (automaton->count == 0) {
            /* The number 0 is no node. */
            memset(nodes, 0, sizeof *nodes);
            automaton->count = 1;
        }
    }
    automaton->nodes[automaton->count] = (Node){.kind = kind, .next = next, .other = other};
    return (int)automaton->count++;
}

static int single(Parser *parser, uint8_t kind, const Letters *letters, Part *part)
{
    int last = node(parser->automaton, STEP, 0, 0);
    int first = last ? node(parser->automaton, kind, (uint16_t)last, 0) : 0;
    if (!first) {
        return LEFT;
    }
    if (letters != NULL) {
        parser->automaton->nodes[first].letters = *letters;
    }
    *part = (Part){(uint16_t)first, (uint16_t)last};
    return DONE;
}

static int peek(const Parser *parser, Py_UCS4 letter)
{
    return parser->at < parser->length && parser->text[parser->at] == letter;
}

/* Reads what follows a backslash: DONE with a letter, LEFT for anything that is none. */
static int escape(Parser *parser, Py_UCS4 *letter)
{
    static const char from[] = "tnrfv", to[] = "\t\n\r\f\v";
    if (parser->at >= parser->length) {
        return LEFT;
    }
    Py_UCS4 found = parser->text[parser->at++];
    const char *place = found < LETTERS && found != 0 ? strchr(from, (int)found) : NULL;
    if (place != NULL) {
        *letter = (Py_UCS4)to[place - from];
        return DONE;
    }
    if (found == 'x') {
        Py_UCS4 value = 0;
        for (int digits = 0; digits < 2; digits++, parser->at++) {
            Py_UCS4 digit = parser->at < parser->length ? parser->text[parser->at] : 0;
            Py_UCS4 lowered = digit | 32;
            if (digit >= '0' && digit <= '9') {
                value = value * 16 + digit - '0';
            } else if (digit < LETTERS && lowered >= 'a' && lowered <= 'f') {
                value = value * 16 + lowered - 'a' + 10;
            } else {
                return LEFT;
            }
        }
        *letter = value;
        return DONE;
    }
    if (Py_UNICODE_ISALNUM(found)) {
        return LEFT;
    }
    *letter = found;
    return DONE;
}

static int is_kind(const Parser *parser)
{
    Py_UCS4 letter = parser->at + 1 < parser->length ? parser->text[parser->at + 1] : 0;
    return letter && letter < LETTERS && strchr("dDwWsS", (int)letter) != NULL;
}

static int class(Parser *parser, int flags, Part *part)
{
    Letters letters = {0, 0};
    int inverted = peek(parser, '^');
    parser->at += (size_t)inverted;
    for (int first = 1; first || !peek(parser, ']'); first = 0) {
        if (peek(parser, '[') && parser->at + 1 < parser->length && parser->text[parser->at + 1] == ':') {
            /* `[[:alpha:]]` is a class to the one, and letters to the other. */
            return LEFT;
        }
        if (peek(parser, '\\') && is_kind(parser)) {
            if (!letters_put_kind(&letters, parser->text[parser->at + 1], inverted)) {
                return LEFT;
            }
            parser->at += 2;
            continue;
        }
        Py_UCS4 ends[2];
        for (int end = 0; end < 2; end++) {
            if (parser->at >= parser->length) {
                return LEFT;
            }
            ends[end] = parser->text[parser->at++];
            if (ends[end] == '\\' && !escape(parser, &ends[end])) {
                return LEFT;
            }
            int ranged = peek(parser, '-') && parser->at + 1 < parser->length && parser->text[parser->at + 1] != ']';
            if (end == 0) {
                ends[1] = ends[0];
                if (!ranged) {
                    break;
                }
                parser->at++;
            }
        }
        if (ends[0] > ends[1]) {
            return LEFT;
        }
        letters_put(&letters, ends[0], ends[1], flags);
    }
    parser->at++;
    if (inverted) {
        letters_turn(&letters);
    }
    return single(parser, LETTER, &letters, part);
}

static int group(Parser *parser, int *flags, Part *part)
{
    int inner = *flags;
    if (peek(parser, '?')) {
        parser->at++;
        for (; !peek(parser, ':') && !peek(parser, ')'); parser->at++) {
            if (peek(parser, 'i')) {
                inner |= FOLD;
            } else if (peek(parser, 'm')) {
                inner |= LINES;
            } else if (peek(parser, 's')) {
                inner |= DOTALL;
            } else {
                /* Names, looks around, comments, flags taken off. */
                return LEFT;
            }
        }
        if (parser->text[parser->at++] == ')') {
            *flags = inner;
            return single(parser, STEP, NULL, part);
        }
    }
    if (++parser->depth > DEEPEST || !alternatives(parser, inner, part) || !peek(parser, ')')) {
        return LEFT;
    }
    parser->depth--;
    parser->at++;
    return DONE;
}

static int atom(Parser *parser, int *flags, Part *part)
{
    Py_UCS4 letter = parser->text[parser->at++];
    Letters letters = {0, 0};
    switch (letter) {
    case '(':
        return group(parser, flags, part);
    case '[':
        return class(parser, *flags, part);
    case '^':
    case '$':
        /* `$` of `re` also stands before a last newline: JSON has none. */
        return *flags & LINES ? LEFT : single(parser, letter == '^' ? BEGINNING : ENDING, NULL, part);
    case '.':
        put_letter(&letters, '\n');
        letters_turn(&letters);
        if (*flags & DOTALL) {
            put_letter(&letters, '\n');
        }
        return single(parser, LETTER, &letters, part);
    case '*':
    case '+':
    case '?':
    case '{':
        return LEFT;
    case '\\':
        parser->at--;
        if (is_kind(parser)) {
            letters_put_kind(&letters, parser->text[parser->at + 1], 0);
            parser->at += 2;
            return single(parser, LETTER, &letters, part);
        }
        parser->at++;
        if (peek(parser, 'b') || peek(parser, 'B')) {
            /* A condition less: more is taken. */
            parser->at++;
            return single(parser, STEP, NULL, part);
        }
        if (!escape(parser, &letter)) {
            return LEFT;
        }
        break;
    default:
        break;
    }
    letters_put(&letters, letter, letter, *flags);
    return single(parser, LETTER, &letters, part);
}

static int number(Parser *parser, int *found)
{
    size_t before = parser->at;
    *found = 0;
    while (parser->at < parser->length && parser->text[parser->at] >= '0' && parser->text[parser->at] <= '9') {
        *found = *found * 10 + (int)(parser->text[parser->at++] - '0');
        if (*found > MOST_COPIES) {
            return LEFT;
        }
    }
    return parser->at > before;
}

/* Reads how often an atom stands: DONE, or LEFT for what is not known. Without a sign it stands once. */
static int times(Parser *parser, int *least, int *most)
{
    *least = *most = 1;
    if (peek(parser, '*') || peek(parser, '+') || peek(parser, '?')) {
        *least = peek(parser, '+');
        *most = peek(parser, '?') ? 1 : NO_END;
        parser->at++;
    } else if (peek(parser, '{')) {
        parser->at++;
        if (!number(parser, least)) {
            return LEFT;
        }
        *most = *least;
        if (peek(parser, ',')) {
            parser->at++;
            *most = NO_END;
            if (!peek(parser, '}') && !number(parser, most)) {
                return LEFT;
            }
        }
        if (!peek(parser, '}') || (*most != NO_END && *most < *least)) {
            return LEFT;
        }
        parser->at++;
    } else {
        return DONE;
    }
    if (peek(parser, '?')) {
        parser->at++;
    }
    /* `a*+` takes less than it seems, `a**` is an error. */
    return !(peek(parser, '+') || peek(parser, '*') || peek(parser, '{'));
}

static void join(Automaton *automaton, Part *whole, const Part *part)
{
    automaton->nodes[whole->last].next = part->first;
    whole->last = part->last;
}

/* Adds one more time of an atom that need not come; with `again`, as often as it likes. */
static int optional(Parser *parser, const Part *copy, int again, Part *part)
{
    Automaton *automaton = parser->automaton;
    int last = node(automaton, STEP, 0, 0);
    int first = last ? node(automaton, FORK, copy->first, (uint16_t)last) : 0;
    if (!first) {
        return LEFT;
    }
    automaton->nodes[copy->last].next = (uint16_t)(again ? first : last);
    *part = (Part){(uint16_t)first, (uint16_t)last};
    return DONE;
}

static int repeated(Parser *parser, int *flags, Part *part)
{
    size_t begin = parser->at, count = parser->automaton->count;
    int least, most;
    Part copy, more;
    if (!atom(parser, flags, &copy)) {
        return LEFT;
    }
    if (!times(parser, &least, &most)) {
        return LEFT;
    }
    if (least == 1 && most == 1) {
        *part = copy;
        return DONE;
    }
    size_t end = parser->at;
    /* Each time is a copy of its own, read anew. */
    parser->automaton->count = count > 0 ? count : 1;
    if (!single(parser, STEP, NULL, part)) {
        return LEFT;
    }
    for (int time = 0; time < (most == NO_END ? least + 1 : most); time++) {
        parser->at = begin;
        if (!atom(parser, flags, &copy)) {
            return LEFT;
        }
        if (time < least) {
            join(parser->automaton, part, &copy);
        } else {
            if (!optional(parser, &copy, most == NO_END, &more)) {
                return LEFT;
            }
            join(parser->automaton, part, &more);
        }
    }
    parser->at = end;
    return DONE;
}

static int sequence(Parser *parser, int *flags, Part *part)
{
    if (!single(parser, STEP, NULL, part)) {
        return LEFT;
    }
    while (parser->at < parser->length && !peek(parser, '|') && !peek(parser, ')')) {
        Part more;
        if (!repeated(parser, flags, &more)) {
            return LEFT;
        }
        join(parser->automaton, part, &more);
    }
    return DONE;
}

static int alternatives(Parser *parser, int flags, Part *part)
{
    Automaton *automaton = parser->automaton;
    Part one;
    int last = node(automaton, STEP, 0, 0);
    if (!last || !sequence(parser, &flags, part)) {
        return LEFT;
    }
    automaton->nodes[part->last].next = (uint16_t)last;
    while (peek(parser, '|')) {
        parser->at++;
        if (!sequence(parser, &flags, &one)) {
            return LEFT;
        }
        automaton->nodes[one.last].next = (uint16_t)last;
        int first = node(automaton, FORK, part->first, one.first);
        if (!first) {
            return LEFT;
        }
        part->first = (uint16_t)first;
    }
    part->last = (uint16_t)last;
    return DONE;
}

int pattern_build(Automaton *automaton, const Py_UCS4 *text, size_t length, int mark)
{
    Parser parser = {automaton, text, length, 0, 0};
    Part whole;
    if (!alternatives(&parser, 0, &whole) || parser.at != length) {
        return LEFT;
    }
    int last = node(automaton, FOUND, 0, 0);
    if (!last) {
        return LEFT;
    }
    automaton->nodes[last].mark = (uint8_t)mark;
    automaton->nodes[whole.last].next = (uint16_t)last;
    return whole.first;
}
