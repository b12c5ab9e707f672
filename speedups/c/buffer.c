/* Bytes that grow, on the stack as long as they are few. */
#include "speedups.h"

void buffer_begin(Buffer *buffer)
{
    buffer->data = buffer->few;
    buffer->length = 0;
    buffer->room = sizeof buffer->few;
}

void buffer_end(Buffer *buffer)
{
    if (buffer->data != buffer->few) {
        PyMem_Free(buffer->data);
    }
}

int buffer_reserve(Buffer *buffer, size_t more)
{
    if (buffer->room - buffer->length >= more) {
        return DONE;
    }
    size_t room = (buffer->length + more) * 2;
    char *data = PyMem_Malloc(room);
    if (data == NULL) {
        /* The plain way says what there is to say of it. */
        return LEFT;
    }
    memcpy(data, buffer->data, buffer->length);
    buffer_end(buffer);
    buffer->data = data;
    buffer->room = room;
    return DONE;
}

int buffer_add(Buffer *buffer, const char *data, size_t length)
{
    if (!buffer_reserve(buffer, length)) {
        return LEFT;
    }
    memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
    return DONE;
}

int buffer_add_bytes(Buffer *buffer, PyObject *bytes)
{
    return buffer_add(buffer, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
}

int buffer_add_number(Buffer *buffer, long long number)
{
    char digits[24], *end = digits + sizeof digits, *at = end;
    /* Of the smallest number there is no positive one in its own type. */
    unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) {
        *--at = '-';
    }
    return buffer_add(buffer, at, (size_t)(end - at));
}

static void put(char *at, int width, long long number)
{
    while (width-- > 0) {
        at[width] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Adds `{"timestamp":"2026-01-31T23:59:59.123456`; what lies outside of the years 1970 to 9999 is left. */
int buffer_add_time(Buffer *buffer, long long nanoseconds)
{
    long long second = nanoseconds / 1000000000;
    if (nanoseconds < 0 || second > 253402300799LL) {
        return LEFT;
    }
    char text[] = "{\"timestamp\":\"0000-00-00T00:00:00.000000";
    char *at = text + 14;
    /* Days to a date of the Gregorian calendar, in years that begin with March: a leap day is then their last. */
    long long days = second / 86400 + 719468, rest = second % 86400;
    long long era = days / 146097, day = days % 146097;
    long long year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    long long of_year = day - (365 * year + year / 4 - year / 100);
    long long shifted = (5 * of_year + 2) / 153;
    long long month = shifted < 10 ? shifted + 3 : shifted - 9;
    put(at, 4, year + era * 400 + (month <= 2));
    put(at + 5, 2, month);
    put(at + 8, 2, of_year - (153 * shifted + 2) / 5 + 1);
    put(at + 11, 2, rest / 3600);
    put(at + 14, 2, rest / 60 % 60);
    put(at + 17, 2, rest % 60);
    put(at + 20, 6, nanoseconds % 1000000000 / 1000);
    return buffer_add(buffer, text, sizeof text - 1);
}
