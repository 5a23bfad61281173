/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <string.h>

#include "register/array_code_parts.h"

/*
 * A piece of an array of texts: whole texts, but for the first and the last, of which it may have a
 * part. Its bytes begin with one for each text.
 */

/* What of a text is in the piece. */
struct part {
    uint32_t text;
    size_t from, to; /* bytes of the piece */
    bool whole;
};

static struct part part_of(const struct array_code *code, uint32_t text, size_t first, size_t count)
{
    size_t low = code->groups[text], high = code->groups[text + 1], end = first + count;

    return (struct part){.text = text,
                         .from = low > first ? low - first : 0,
                         .to = (high < end ? high : end) - first,
                         .whole = low >= first && high <= end};
}

/* ---- front coding ---- */

static size_t shared_length(const unsigned char *a, size_t a_length, const unsigned char *b,
                            size_t b_length)
{
    size_t length = 0;

    while (length < a_length && length < b_length && length < UINT8_MAX && a[length] == b[length])
        length++;
    return length;
}

/* The byte of a text: how many bytes it shares with the one before. Then the rests. */
size_t front_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out)
{
    const unsigned char *bytes = code->items;
    uint32_t low = array_group_of(code, first), high = array_group_of(code, first + count - 1);
    struct part before = {0};
    unsigned char *rest = out + (high - low) + 1;

    assert(high - low <= count); /* texts are distinct, so at most one is empty */
    for (uint32_t text = low; text <= high; text++) {
        struct part part = part_of(code, text, first, count);
        size_t shared = shared_length(bytes + before.from, before.to - before.from,
                                      bytes + part.from, part.to - part.from);
        size_t length = part.to - part.from - shared;

        out[text - low] = (unsigned char)shared;
        if (length)
            memcpy(rest, bytes + part.from + shared, length);
        rest += length;
        before = part;
    }
    return (size_t)(rest - out);
}

bool front_decode(const struct array_code *code, size_t first, size_t count,
                  const unsigned char *coded, size_t length)
{
    unsigned char *bytes = code->items;
    uint32_t low = array_group_of(code, first), high = array_group_of(code, first + count - 1);
    struct part before = {0};
    const unsigned char *rest = coded + (high - low) + 1, *end = coded + length;

    if (length <= high - low)
        return false;
    for (uint32_t text = low; text <= high; text++) {
        struct part part = part_of(code, text, first, count);
        size_t shared = coded[text - low], all = part.to - part.from;

        if (shared > all || shared > before.to - before.from || all - shared > (size_t)(end - rest))
            return false;
        for (size_t i = 0; i < shared; i++)
            bytes[part.from + i] = bytes[before.from + i];
        for (size_t i = shared; i < all; i++)
            bytes[part.from + i] = *rest++;
        before = part;
    }
    return rest == end;
}

/* ---- editing ---- */

/*
 * The byte of a text: whether it is the base's, or made from it; a part of a text is listed. Made
 * is a text from its end, because numbers agree there: for each byte, which byte of the base's text
 * it comes from and how many are left out before. What a byte of the base became is remembered, so
 * that a change of case or of script is learnt once.
 */
enum {
    TEXT_SAME = 0,
    TEXT_EDITED = 1
};

enum {
    EDIT_LEAVE_OUT_MAX = 16,
    EDIT_REPLACE = 254, /* the base's byte became another, which is listed */
    EDIT_INSERT = 255   /* a byte that the base does not have is listed */
};

/* What the bytes of the base become. */
struct edit {
    unsigned char becomes[UINT8_MAX + 1];
};

static void edit_init(struct edit *edit)
{
    for (unsigned i = 0; i <= UINT8_MAX; i++)
        edit->becomes[i] = (unsigned char)i;
}

/* The base's text of this number. */
static const unsigned char *base_text(const struct array_code *code, uint32_t text,
                                      size_t *out_length)
{
    *out_length = code->base_groups[text + 1] - code->base_groups[text];
    return (const unsigned char *)code->base + code->base_groups[text];
}

/* What makes `byte`, with `base_left` bytes of the base and `left` of the text to go. */
static unsigned char edit_choose(const struct edit *edit, const unsigned char *base,
                                 size_t base_left, size_t left, unsigned char byte)
{
    for (size_t k = 0; k < base_left && k <= EDIT_LEAVE_OUT_MAX; k++) {
        if (edit->becomes[base[base_left - 1 - k]] == byte)
            return (unsigned char)k;
    }
    return left > base_left ? EDIT_INSERT : EDIT_REPLACE;
}

/* Where the encoder writes: what to do, and the listed bytes. */
struct edit_output {
    unsigned char *steps, *listed;
};

static void edit_text(const struct array_code *code, const struct part *part, struct edit *edit,
                      struct edit_output *out)
{
    const unsigned char *bytes = (const unsigned char *)code->items + part->from;
    size_t base_left;
    const unsigned char *base = base_text(code, part->text, &base_left);

    for (size_t left = part->to - part->from; left > 0; left--) {
        unsigned char byte = bytes[left - 1];
        unsigned char step = edit_choose(edit, base, base_left, left, byte);

        *out->steps++ = step;
        if (step == EDIT_REPLACE)
            edit->becomes[base[--base_left]] = byte;
        else if (step != EDIT_INSERT)
            base_left -= (size_t)step + 1;
        if (step >= EDIT_REPLACE)
            *out->listed++ = byte;
    }
}

static bool is_same(const struct array_code *code, const struct part *part)
{
    size_t length;
    const unsigned char *base = base_text(code, part->text, &length);

    return length == part->to - part->from
           && memcmp(base, (const unsigned char *)code->items + part->from, length) == 0;
}

/* First a byte for each text; returns where the listed bytes go. */
static size_t mark_texts(const struct array_code *code, size_t first, size_t count, uint32_t low,
                         uint32_t high, unsigned char *out)
{
    size_t steps = 0;

    assert(high - low <= count); /* texts are distinct, so at most one is empty */
    for (uint32_t text = low; text <= high; text++) {
        struct part part = part_of(code, text, first, count);
        bool same = part.whole && is_same(code, &part);

        out[text - low] = same ? TEXT_SAME : TEXT_EDITED;
        if (part.whole && !same)
            steps += part.to - part.from;
    }
    return (high - low) + 1 + steps;
}

size_t edited_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out)
{
    uint32_t low = array_group_of(code, first), high = array_group_of(code, first + count - 1);
    struct edit_output output = {
        .steps = out + (high - low) + 1,
        .listed = out + mark_texts(code, first, count, low, high, out),
    };
    struct edit edit;

    edit_init(&edit);
    for (uint32_t text = low; text <= high; text++) {
        struct part part = part_of(code, text, first, count);
        size_t length = part.to - part.from;

        if (!part.whole) {
            memcpy(output.listed, (const unsigned char *)code->items + part.from, length);
            output.listed += length;
        } else if (out[text - low] != TEXT_SAME) {
            edit_text(code, &part, &edit, &output);
        }
    }
    return (size_t)(output.listed - out);
}

/* Where the decoder reads. */
struct edit_input {
    const unsigned char *steps, *listed, *end;
};

static bool make_text(const struct array_code *code, const struct part *part, struct edit *edit,
                      struct edit_input *in)
{
    unsigned char *bytes = (unsigned char *)code->items + part->from;
    size_t base_left;
    const unsigned char *base = base_text(code, part->text, &base_left);

    for (size_t left = part->to - part->from; left > 0; left--) {
        unsigned char step = *in->steps++;

        if (step < EDIT_REPLACE) {
            if (step >= base_left)
                return false;
            base_left -= (size_t)step + 1;
            bytes[left - 1] = edit->becomes[base[base_left]];
            continue;
        }
        if (in->listed == in->end || (step == EDIT_REPLACE && base_left == 0))
            return false;
        bytes[left - 1] = *in->listed++;
        if (step == EDIT_REPLACE)
            edit->becomes[base[--base_left]] = bytes[left - 1];
    }
    return true;
}

static bool copy_listed(const struct array_code *code, const struct part *part,
                        struct edit_input *in)
{
    size_t length = part->to - part->from;

    if (length > (size_t)(in->end - in->listed))
        return false;
    memcpy((unsigned char *)code->items + part->from, in->listed, length);
    in->listed += length;
    return true;
}

static bool copy_base(const struct array_code *code, const struct part *part)
{
    size_t length;
    const unsigned char *base = base_text(code, part->text, &length);

    if (length != part->to - part->from)
        return false;
    memcpy((unsigned char *)code->items + part->from, base, length);
    return true;
}

/* Where the listed bytes begin; more than `length` if there are not so many. */
static size_t find_listed(const struct array_code *code, size_t first, size_t count, uint32_t low,
                          uint32_t high, const unsigned char *coded, size_t length)
{
    size_t at = (size_t)(high - low) + 1;

    for (uint32_t text = low; text <= high && at <= length; text++) {
        struct part part = part_of(code, text, first, count);

        if (part.whole && coded[text - low] != TEXT_SAME)
            at += part.to - part.from;
    }
    return at;
}

bool edited_decode(const struct array_code *code, size_t first, size_t count,
                   const unsigned char *coded, size_t length)
{
    uint32_t low = array_group_of(code, first), high = array_group_of(code, first + count - 1);
    size_t listed = find_listed(code, first, count, low, high, coded, length);
    struct edit_input in = {.steps = coded + (high - low) + 1, .end = coded + length};
    struct edit edit;

    if (listed > length)
        return false;
    in.listed = coded + listed;
    edit_init(&edit);
    for (uint32_t text = low; text <= high; text++) {
        struct part part = part_of(code, text, first, count);
        bool ok = !part.whole                      ? copy_listed(code, &part, &in)
                  : coded[text - low] == TEXT_SAME ? copy_base(code, &part)
                                                   : make_text(code, &part, &edit, &in);

        if (!ok)
            return false;
    }
    return in.listed == in.end;
}
