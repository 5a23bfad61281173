/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lists of words, and names composed from them. */
#include "institution/words.h"

#include <string.h>

uint32_t words_count(const struct words *words)
{
    uint32_t count = 0;

    if (!words->latin)
        return 0;
    for (const char *at = words->latin; at; count++) {
        at = strchr(at, '|');
        at = at ? at + 1 : NULL;
    }
    return count;
}

struct slice words_at(const struct words *words, uint32_t number, enum script script)
{
    const char *at = script == SCRIPT_ARABIC && words->arabic ? words->arabic : words->latin;

    while (number-- > 0)
        at = strchr(at, '|') + 1;
    return slice_make(at, strcspn(at, "|"));
}

uint32_t compound_count(const struct compound *compound)
{
    uint32_t composed = 1;

    for (unsigned i = 0; i < COMPOUND_PARTS; i++)
        composed *= words_count(&compound->parts[i]);
    return words_count(&compound->plain) + composed;
}

/* Within a word there are no capitals. */
static void add_part(struct slice part, struct buf *out)
{
    bool inside = out->length > 0 && out->data[out->length - 1] != ' ';

    if (inside && part.length > 0 && part.data[0] >= 'A' && part.data[0] <= 'Z') {
        buf_add_byte(out, (char)(part.data[0] - 'A' + 'a'));
        part = slice_skip(part, 1);
    }
    buf_add_slice(out, part);
}

void compound_add(const struct compound *compound, uint32_t number, enum script script,
                  struct buf *out)
{
    uint32_t plain = words_count(&compound->plain);

    if (number < plain) {
        buf_add_slice(out, words_at(&compound->plain, number, script));
        return;
    }
    number -= plain;
    for (unsigned i = 0; i < COMPOUND_PARTS; i++) {
        uint32_t count = words_count(&compound->parts[i]);

        add_part(words_at(&compound->parts[i], number % count, script), out);
        number /= count;
    }
}
