/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/password_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"

#define MARK "\xEF\xBB\xBF" /* some editors begin a text with it */

void password_list_clear(struct password_list *list)
{
    if (list->text)
        explicit_bzero(list->text, list->length);
    free(list->text);
    free(list->items);
    *list = (struct password_list){0};
}

/* The next line at *at, without what ends it. */
static struct slice next_line(const struct password_list *list, size_t *at)
{
    const char *start = list->text + *at;
    const char *end = memchr(start, '\n', list->length - *at);
    struct slice line = slice_make(start, end ? (size_t)(end - start) : list->length - *at);

    *at += line.length + (end != NULL);
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

static int check_line(struct slice line, uint32_t number, const char *name, struct tq_error *err)
{
    if (line.length > PASSWORD_BYTES_MAX)
        return tq_fail(err, TQ_E_LIMIT, "%s:%u: a password has more than %u bytes", name, number,
                       PASSWORD_BYTES_MAX);
    if (line.length > 0 && memchr(line.data, '\0', line.length))
        return tq_fail(err, TQ_E_SYNTAX, "%s:%u: a zero byte: this is no list of passwords", name,
                       number);
    return TQ_OK;
}

static int split(struct password_list *list, const char *name, struct tq_error *err)
{
    size_t at = list->length >= strlen(MARK) && memcmp(list->text, MARK, strlen(MARK)) == 0
                    ? strlen(MARK)
                    : 0;
    size_t capacity = 0;

    for (uint32_t number = 1; at < list->length; number++) {
        struct slice line = next_line(list, &at);
        int r = check_line(line, number, name, err);

        if (r < 0)
            return r;
        if (line.length == 0)
            continue;
        if (list->count == PASSWORDS_MAX)
            return tq_fail(err, TQ_E_LIMIT, "%s:%u: more than %u passwords", name, number,
                           PASSWORDS_MAX);
        r = alloc_reserve(&list->items, &capacity, (size_t)list->count + 1, sizeof(*list->items),
                          err);
        if (r < 0)
            return r;
        list->items[list->count++] = (struct password){line, number};
    }
    if (list->count == 0)
        return tq_fail(err, TQ_E_SYNTAX, "%s: there is no password in it", name);
    return TQ_OK;
}

int password_list_take(char *text, size_t length, const char *name, struct password_list *out_list,
                       struct tq_error *err)
{
    struct password_list list = {.text = text, .length = length};
    int r = split(&list, name, err);

    if (r < 0) {
        password_list_clear(&list);
        return r;
    }
    *out_list = list;
    return TQ_OK;
}

int password_list_load(const char *path, struct password_list *out_list, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = file_open(path);
    char *text;
    size_t got;
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open the list of passwords '%s': %s", path,
                       strerror(errno));
    text = alloc_zeroed(PASSWORDS_BYTES_MAX + 1, 1); /* at once: growing leaves copies behind */
    if (!text)
        return tq_no_memory(err);
    r = file_read(fd, text, PASSWORDS_BYTES_MAX + 1, &got, err);
    if (r == TQ_OK && got > PASSWORDS_BYTES_MAX)
        r = tq_fail(err, TQ_E_LIMIT, "%s: a list of passwords has at most %zu bytes", path,
                    PASSWORDS_BYTES_MAX);
    if (r == TQ_OK)
        return password_list_take(text, got, path, out_list, err);
    explicit_bzero(text, PASSWORDS_BYTES_MAX + 1);
    free(text);
    return r;
}
