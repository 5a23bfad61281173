/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/neighbour.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Characters that may stand in place of another: digits for digits, letters for letters. Confusing
 * the two classes ("O" for "0") is rarer than either. Identifiers have large letters, addresses of
 * mail small ones, and spaces in place of their marks. */
#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL   "abcdefghijklmnopqrstuvwxyz"
#define SPACE   " "

static const char *class_of(char c)
{
    if (c >= '0' && c <= '9')
        return DIGITS;
    if (c >= 'a' && c <= 'z')
        return SMALL;
    return c == ' ' ? SPACE : LETTERS;
}

/* Canonical identifiers have no leading zeros: drop those that the change laid bare. */
static void add_variant(struct neighbours *neighbours, const struct normaliser *rules,
                        enum form form, const char *text, size_t length)
{
    while (length > 0 && *text == '0') {
        text++;
        length--;
    }
    if (length > 0)
        neighbours->fingerprints[neighbours->count++] =
            fingerprint(rules, form, slice_make(text, length));
}

static void add_substitutions(struct neighbours *neighbours, const struct normaliser *rules,
                              enum form form, struct slice canonical)
{
    char text[NEIGHBOUR_LENGTH_MAX + 1];

    memcpy(text, canonical.data, canonical.length);
    for (size_t i = 0; i < canonical.length; i++) {
        char old = text[i];

        for (const char *c = class_of(old); *c; c++) {
            text[i] = *c;
            if (*c != old)
                add_variant(neighbours, rules, form, text, canonical.length);
        }
        text[i] = old;
        if (i + 1 < canonical.length && text[i] != text[i + 1]) {
            text[i] = text[i + 1];
            text[i + 1] = old;
            add_variant(neighbours, rules, form, text, canonical.length);
            text[i + 1] = text[i];
            text[i] = old;
        }
    }
}

static void add_deletions(struct neighbours *neighbours, const struct normaliser *rules,
                          enum form form, struct slice canonical)
{
    char text[NEIGHBOUR_LENGTH_MAX + 1];

    for (size_t i = 0; i < canonical.length; i++) {
        memcpy(text, canonical.data, i);
        memcpy(text + i, canonical.data + i + 1, canonical.length - i - 1);
        add_variant(neighbours, rules, form, text, canonical.length - 1);
    }
}

/* `text` has room at `at`. */
static void add_each(struct neighbours *neighbours, const struct normaliser *rules, enum form form,
                     char *text, size_t length, size_t at, const char *letters)
{
    for (const char *c = letters; *c; c++) {
        text[at] = *c;
        add_variant(neighbours, rules, form, text, length);
    }
}

static void add_insertions(struct neighbours *neighbours, const struct normaliser *rules,
                           enum form form, struct slice canonical)
{
    char text[NEIGHBOUR_LENGTH_MAX + 1];
    size_t length = canonical.length + 1;

    for (size_t i = 0; i <= canonical.length; i++) {
        const char *letters = class_of(canonical.data[i < canonical.length ? i : i - 1]);

        memcpy(text, canonical.data, i);
        memcpy(text + i + 1, canonical.data + i, canonical.length - i);
        add_each(neighbours, rules, form, text, length, i, letters);
        if (form == FORM_TEXT && strcmp(letters, SPACE) != 0) /* any two may be parted */
            add_each(neighbours, rules, form, text, length, i, SPACE);
    }
}

int neighbours_find(struct neighbours *neighbours, const struct normaliser *rules,
                    const struct field *field, struct slice canonical, uint32_t *out_keys,
                    uint32_t room, uint32_t *out_count, struct tq_error *err)
{
    /* 25 substitutions, 27 insertions, a deletion and a swap for each place, and the end. */
    size_t variants = (canonical.length + 1) * 54;
    uint32_t count = 0;
    int r;

    *out_count = 0;
    if (canonical.length < 2 || canonical.length >= NEIGHBOUR_LENGTH_MAX)
        return 0;
    r = alloc_reserve(&neighbours->fingerprints, &neighbours->fingerprint_capacity, variants,
                      sizeof(*neighbours->fingerprints), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&neighbours->keys, &neighbours->key_capacity, variants,
                      sizeof(*neighbours->keys), err);
    if (r < 0)
        return r;
    neighbours->count = 0;
    add_substitutions(neighbours, rules, field->form, canonical);
    add_deletions(neighbours, rules, field->form, canonical);
    add_insertions(neighbours, rules, field->form, canonical);
    field_find_keys(field, neighbours->fingerprints, neighbours->count, neighbours->keys);
    for (size_t i = 0; i < neighbours->count && count <= room; i++) {
        uint32_t key = neighbours->keys[i], k = 0;

        if (key == KEY_NONE)
            continue;
        while (k < count && k < room && out_keys[k] != key)
            k++;
        if (k < count)
            continue;
        if (count < room)
            out_keys[count] = key;
        count++;
    }
    *out_count = count;
    return 0;
}

void neighbours_clear(struct neighbours *neighbours)
{
    free(neighbours->fingerprints);
    free(neighbours->keys);
    *neighbours = (struct neighbours){0};
}
