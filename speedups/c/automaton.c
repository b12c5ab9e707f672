/* Many patterns at once, one step a byte: states are sets of places in the patterns, made as texts lead to them. */
#include "automaton.h"

/* What is known is thrown away beyond these, and made again: no text can make it grow without end. */
#define MOST_STATES 12000
#define MOST_POOL (1 << 20)
#define TABLE (1 << 15)
/* The states that are there from the beginning: something was found, and the beginning of a text. */
#define HIT 0
/* In `following`: a pattern marked TOLD ends there. */
#define TELLS 0x8000

static int set_add(Set *set, uint16_t node)
{
    if (set->count == set->room) {
        size_t room = set->room ? set->room * 2 : 64;
        uint16_t *nodes = PyMem_Realloc(set->nodes, room * sizeof *nodes);
        if (nodes == NULL) {
            return LEFT;
        }
        set->nodes = nodes;
        set->room = room;
    }
    set->nodes[set->count++] = node;
    return DONE;
}

Automaton *automaton_new(void)
{
    return PyMem_Calloc(1, sizeof(Automaton));
}

void automaton_free(Automaton *automaton)
{
    if (automaton == NULL) {
        return;
    }
    for (int letter = 0; letter < LETTERS; letter++) {
        PyMem_Free(automaton->after[letter].nodes);
    }
    PyMem_Free(automaton->nodes);
    PyMem_Free(automaton->starts);
    PyMem_Free(automaton->states);
    PyMem_Free(automaton->following);
    PyMem_Free(automaton->pool);
    PyMem_Free(automaton->table);
    PyMem_Free(automaton->stamps);
    PyMem_Free(automaton->work.nodes);
    PyMem_Free(automaton->stack.nodes);
    PyMem_Free(automaton);
}

int automaton_add(Automaton *automaton, PyObject *pattern, int mark)
{
    Py_UCS4 *text = PyUnicode_AsUCS4Copy(pattern);
    if (text == NULL) {
        return FAILED;
    }
    int first = pattern_build(automaton, text, (size_t)PyUnicode_GET_LENGTH(pattern), mark);
    PyMem_Free(text);
    if (!first) {
        return LEFT;
    }
    uint16_t *starts = PyMem_Realloc(automaton->starts, (automaton->start_count + 1) * sizeof *starts);
    if (starts == NULL) {
        PyErr_NoMemory();
        return FAILED;
    }
    starts[automaton->start_count++] = (uint16_t)first;
    automaton->starts = starts;
    return DONE;
}

size_t automaton_states(const Automaton *automaton)
{
    return automaton->state_count;
}

/* Adds to the work set what can be reached from a node without reading: letters, edges of the text, ends. */
static int reach(Automaton *automaton, uint16_t from, int at_start, int at_end)
{
    if (!set_add(&automaton->stack, from)) {
        return LEFT;
    }
    while (automaton->stack.count > 0) {
        uint16_t number = automaton->stack.nodes[--automaton->stack.count];
        const Node *node = &automaton->nodes[number];
        if (number == 0 || automaton->stamps[number] == automaton->stamp) {
            continue;
        }
        automaton->stamps[number] = automaton->stamp;
        int passed = node->kind == STEP || node->kind == FORK || (node->kind == BEGINNING && at_start) ||
                     (node->kind == ENDING && at_end);
        if (passed) {
            if (!set_add(&automaton->stack, node->next) ||
                (node->kind == FORK && !set_add(&automaton->stack, node->other))) {
                return LEFT;
            }
        } else if (node->kind != BEGINNING && !set_add(&automaton->work, number)) {
            return LEFT;
        }
    }
    return DONE;
}

static void work_begin(Automaton *automaton)
{
    automaton->work.count = automaton->stack.count = 0;
    if (++automaton->stamp == 0) {
        memset(automaton->stamps, 0, automaton->count * sizeof *automaton->stamps);
        automaton->stamp = 1;
    }
}

static int marks_of(const Automaton *automaton, const uint16_t *nodes, size_t count)
{
    int marks = 0;
    for (size_t place = 0; place < count; place++) {
        const Node *node = &automaton->nodes[nodes[place]];
        marks |= node->kind == FOUND ? node->mark : 0;
    }
    return marks;
}

/* Tells what the end of the text adds; changes the work set. */
static int final_of(Automaton *automaton, const uint16_t *nodes, size_t count)
{
    work_begin(automaton);
    for (size_t place = 0; place < count; place++) {
        if (automaton->nodes[nodes[place]].kind == ENDING && !reach(automaton, nodes[place], 0, 1)) {
            return MET;
        }
    }
    return marks_of(automaton, automaton->work.nodes, automaton->work.count);
}

static int by_number(const void *one, const void *other)
{
    return (int)*(const uint16_t *)one - (int)*(const uint16_t *)other;
}

static size_t place_of(const uint16_t *nodes, size_t count)
{
    uint32_t hash = 2166136261u;
    for (size_t place = 0; place < count; place++) {
        hash = (hash ^ nodes[place]) * 16777619u;
    }
    return (hash ^ hash >> 15) & (TABLE - 1);
}

static int room_for_state(Automaton *automaton, size_t count)
{
    if (automaton->state_count == automaton->state_room) {
        size_t room = automaton->state_room ? automaton->state_room * 2 : 256;
        State *states = PyMem_Realloc(automaton->states, room * sizeof *states);
        if (states == NULL) {
            return LEFT;
        }
        automaton->states = states;
        uint16_t *following = PyMem_Realloc(automaton->following, room * LETTERS * sizeof *following);
        if (following == NULL) {
            return LEFT;
        }
        automaton->following = following;
        automaton->state_room = room;
    }
    if (automaton->pool_count + count >= automaton->pool_room) {
        size_t room = (automaton->pool_count + count + 64) * 2;
        uint16_t *pool = PyMem_Realloc(automaton->pool, room * sizeof *pool);
        if (pool == NULL) {
            return LEFT;
        }
        automaton->pool = pool;
        automaton->pool_room = room;
    }
    return DONE;
}

/* Returns the number of the state that the work set makes, FAILED without memory. */
static int state_of(Automaton *automaton)
{
    uint16_t *nodes = automaton->work.nodes;
    size_t count = automaton->work.count;
    if (count > 1) {
        qsort(nodes, count, sizeof *nodes, by_number);
    }
    size_t place = place_of(nodes, count);
    for (; automaton->table[place] != 0; place = (place + 1) & (TABLE - 1)) {
        State *known = &automaton->states[automaton->table[place]];
        if (known->count == count && (count == 0 ||
            memcmp(automaton->pool + known->begin, nodes, count * sizeof *nodes) == 0)) {
            return automaton->table[place];
        }
    }
    if (!room_for_state(automaton, count)) {
        return FAILED;
    }
    size_t made = automaton->state_count;
    State *state = &automaton->states[made];
    *state = (State){(uint32_t)automaton->pool_count, (uint16_t)count, 0};
    if (count > 0) {
        memcpy(automaton->pool + automaton->pool_count, nodes, count * sizeof *nodes);
    }
    automaton->pool_count += count;
    memset(automaton->following + made * LETTERS, 0, LETTERS * sizeof *automaton->following);
    automaton->table[place] = (uint16_t)made;
    automaton->state_count++;
    state->final = (uint8_t)final_of(automaton, automaton->pool + state->begin, count);
    return (int)made;
}

/* Begins with no states but the first two; the work set is that of the beginning of a text then. */
static int start_anew(Automaton *automaton)
{
    automaton->state_count = automaton->pool_count = 0;
    memset(automaton->table, 0, TABLE * sizeof *automaton->table);
    if (!room_for_state(automaton, 0)) {
        return LEFT;
    }
    automaton->states[HIT] = (State){0, 0, MET};
    memset(automaton->following, 0, LETTERS * sizeof *automaton->following);
    automaton->state_count = 1;
    work_begin(automaton);
    for (size_t start = 0; start < automaton->start_count; start++) {
        if (!reach(automaton, automaton->starts[start], 1, 0)) {
            return LEFT;
        }
    }
    if (marks_of(automaton, automaton->work.nodes, automaton->work.count)) {
        /* A pattern that every text begins with. */
        return LEFT;
    }
    automaton->first = state_of(automaton);
    return automaton->first == FAILED ? LEFT : DONE;
}

int automaton_ready(Automaton *automaton)
{
    Set begun = {NULL, 0, 0};
    automaton->stamps = PyMem_Calloc(automaton->count + 1, sizeof *automaton->stamps);
    automaton->table = PyMem_Calloc(TABLE, sizeof *automaton->table);
    int done = automaton->stamps != NULL && automaton->table != NULL;
    work_begin(automaton);
    for (size_t start = 0; done && start < automaton->start_count; start++) {
        done = reach(automaton, automaton->starts[start], 0, 0);
    }
    for (size_t place = 0; done && place < automaton->work.count; place++) {
        done = set_add(&begun, automaton->work.nodes[place]);
    }
    if (done && marks_of(automaton, begun.nodes, begun.count)) {
        /* A pattern that is in every text. */
        done = LEFT;
    }
    if (done) {
        automaton->start_final = (uint8_t)final_of(automaton, begun.nodes, begun.count);
    }
    for (unsigned letter = 0; done && letter < LETTERS; letter++) {
        work_begin(automaton);
        for (size_t place = 0; done && place < begun.count; place++) {
            const Node *node = &automaton->nodes[begun.nodes[place]];
            if (node->kind == LETTER && has(&node->letters, letter)) {
                done = reach(automaton, node->next, 0, 0);
            }
        }
        for (size_t place = 0; done && place < automaton->work.count; place++) {
            done = set_add(&automaton->after[letter], automaton->work.nodes[place]);
        }
    }
    PyMem_Free(begun.nodes);
    automaton->ready = done && start_anew(automaton);
    return automaton->ready;
}

/* Takes the ends of patterns out of the work set: they are told on the way into a state, not by being there. */
static void drop_found(Automaton *automaton)
{
    size_t kept = 0;
    for (size_t place = 0; place < automaton->work.count; place++) {
        uint16_t node = automaton->work.nodes[place];
        if (automaton->nodes[node].kind != FOUND) {
            automaton->work.nodes[kept++] = node;
        }
    }
    automaton->work.count = kept;
}

/* Makes the state behind a letter; returns what stands in `following` for it, 0 without memory. */
static int make(Automaton *automaton, int from, unsigned letter)
{
    work_begin(automaton);
    const Set *after = &automaton->after[letter];
    for (size_t place = 0; place < after->count; place++) {
        automaton->stamps[after->nodes[place]] = automaton->stamp;
        if (!set_add(&automaton->work, after->nodes[place])) {
            return 0;
        }
    }
    const State *state = &automaton->states[from];
    for (size_t place = 0; place < state->count; place++) {
        const Node *node = &automaton->nodes[automaton->pool[state->begin + place]];
        if (node->kind == LETTER && has(&node->letters, letter) && !reach(automaton, node->next, 0, 0)) {
            return 0;
        }
    }
    int marks = marks_of(automaton, automaton->work.nodes, automaton->work.count), full = 0, found = HIT;
    if (!(marks & MET)) {
        drop_found(automaton);
        full = automaton->state_count >= MOST_STATES || automaton->pool_count >= MOST_POOL;
        if (full) {
            Set kept = automaton->work;
            automaton->work = (Set){NULL, 0, 0};
            int done = start_anew(automaton);
            PyMem_Free(automaton->work.nodes);
            automaton->work = kept;
            if (!done) {
                return 0;
            }
        }
        found = state_of(automaton);
        if (found == FAILED) {
            return 0;
        }
    }
    int entry = (found + 1) | (marks & TOLD ? TELLS : 0);
    if (!full) {
        automaton->following[(size_t)from * LETTERS + letter] = (uint16_t)entry;
    }
    return entry;
}

void reading_begin(Reading *reading, Automaton *automaton)
{
    *reading = (Reading){automaton, automaton->first, 0};
}

int reading_feed(Reading *reading, const char *data, size_t length)
{
    Automaton *automaton = reading->automaton;
    if (!automaton->ready) {
        return FAILED;
    }
    int state = reading->state;
    for (const char *at = data, *end = data + length; at < end; at++) {
        unsigned letter = (unsigned char)*at;
        if (letter >= LETTERS) {
            return FAILED;
        }
        int next = automaton->following[(size_t)state * LETTERS + letter];
        if (next == 0) {
            next = make(automaton, state, letter);
            if (next == 0) {
                automaton->ready = start_anew(automaton);
                return FAILED;
            }
        }
        if (next & TELLS) {
            reading->marks |= TOLD;
            next &= ~TELLS;
        }
        state = next - 1;
        if (state == HIT) {
            reading->marks |= MET;
            return DONE;
        }
    }
    reading->state = state;
    return LEFT;
}

int reading_end(Reading *reading)
{
    return reading->marks | reading->automaton->states[reading->state].final | reading->automaton->start_final;
}
