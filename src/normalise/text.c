/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/text.h"

#include "base/utf8.h"
#include "normalise/folding.h"
#include "normalise/text_short.h"

#define HANGUL_FIRST  0xAC00u
#define HANGUL_LAST   0xD7A3u
#define HANGUL_LEAD   0x1100u
#define HANGUL_VOWEL  0x1161u
#define HANGUL_TAIL   0x11A7u
#define HANGUL_VOWELS 21u
#define HANGUL_TAILS  28u

/* Most bytes one code point can become (the ligature U+FDFA: 18 letters in four words). */
#define FOLDED_BYTES_MAX 64u

/* ASCII: what a byte becomes; 0 divides words, 1 is dropped. */
static const unsigned char ascii[128] = {
    ['\''] = 1,  ['`'] = 1,   ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
    ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i',
    ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',
    ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w',
    ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k',
    ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y',
    ['z'] = 'z',
};

/* Where folded bytes go: the end of a buf that is cut to size afterwards, or memory that is large
 * enough for whatever the text becomes. */
struct folder {
    struct buf *out; /* NULL: fixed memory */
    char *data;
    size_t start, at; /* where this text begins, and its end so far */
    size_t room;
    bool divided; /* a divider came since the last letter */
    bool joined;  /* words are not divided at all */
};

/* Room for one code point and for the rest of the text, were it plain. */
static bool make_room(struct folder *folder, size_t left)
{
    size_t wanted = folder->at + FOLDED_BYTES_MAX + left + 1;

    if (wanted <= folder->room || !folder->out)
        return true;
    if (!buf_extend(folder->out, wanted - folder->out->length))
        return false;
    folder->room = wanted;
    folder->data = folder->out->data;
    return true;
}

static inline void divide_if_due(struct folder *folder)
{
    if (!folder->divided)
        return;
    folder->divided = false;
    if (folder->at > folder->start && !folder->joined)
        folder->data[folder->at++] = ' ';
}

static inline void put_code_point(struct folder *folder, uint32_t code_point)
{
    if (code_point == ' ') {
        folder->divided = true;
        return;
    }
    divide_if_due(folder);
    folder->at += utf8_put(folder->data + folder->at, code_point);
}

static void put_hangul(struct folder *folder, uint32_t code_point)
{
    uint32_t index = code_point - HANGUL_FIRST;
    uint32_t tail = index % HANGUL_TAILS;

    put_code_point(folder, HANGUL_LEAD + index / (HANGUL_VOWELS * HANGUL_TAILS));
    put_code_point(folder, HANGUL_VOWEL + index / HANGUL_TAILS % HANGUL_VOWELS);
    if (tail > 0)
        put_code_point(folder, HANGUL_TAIL + tail);
}

static void put_rare(struct folder *folder, uint32_t code_point)
{
    if (code_point >= 0x20000 && code_point <= 0x323AF)
        put_code_point(folder, code_point);                /* ideographs */
    else if (code_point < 0xE0000 || code_point > 0xE01EF) /* tags, variation selectors: dropped */
        folder->divided = true;
}

static void put_folded(struct folder *folder, uint32_t code_point)
{
    unsigned entry;

    if (code_point >= FOLDING_CODE_POINTS) {
        put_rare(folder, code_point);
        return;
    }
    entry = folding_entry[folding_block[code_point / FOLDING_BLOCK] * FOLDING_BLOCK
                          + code_point % FOLDING_BLOCK];
    if (entry == FOLDING_SPACE) {
        folder->divided = true;
    } else if (entry == FOLDING_DROP) {
        return;
    } else if (entry == FOLDING_KEEP) {
        if (code_point >= HANGUL_FIRST && code_point <= HANGUL_LAST)
            put_hangul(folder, code_point);
        else
            put_code_point(folder, code_point);
    } else if (entry < FOLDING_SEQUENCE) {
        put_code_point(folder, entry);
    } else {
        entry -= FOLDING_SEQUENCE;
        for (unsigned i = folding_sequence[entry]; i < folding_sequence[entry + 1]; i++)
            put_code_point(folder, folding_target[i]);
    }
}

/* Fold as many ASCII bytes as there are at the front; the rest. */
static struct slice fold_ascii(struct folder *folder, struct slice text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    char *data = folder->data;
    size_t at = folder->at, i = 0;

    for (; i < text.length && bytes[i] < 128; i++) {
        unsigned char to = ascii[bytes[i]];

        if (to > 1) {
            if (folder->divided) {
                folder->divided = false;
                if (at > folder->start && !folder->joined)
                    data[at++] = ' ';
            }
            data[at++] = (char)to;
        } else if (to == 0) {
            folder->divided = true;
        }
    }
    folder->at = at;
    return slice_skip(text, i);
}

/* Letters of two bytes (Latin with marks, Greek, Cyrillic, Arabic), which are most of the others:
 * fold as many as there are at the front. */
static struct slice fold_two_bytes(struct folder *folder, struct slice text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t i = 0;

    while (i + 1 < text.length && bytes[i] >= 0xC2 && bytes[i] <= 0xDF
           && (bytes[i + 1] & 0xC0) == 0x80) {
        uint32_t code_point = (uint32_t)(bytes[i] & 0x1F) << 6 | (bytes[i + 1] & 0x3F);
        unsigned entry = folding_entry[folding_block[code_point / FOLDING_BLOCK] * FOLDING_BLOCK
                                       + code_point % FOLDING_BLOCK];

        if (entry == FOLDING_KEEP) {
            divide_if_due(folder);
            memcpy(folder->data + folder->at, bytes + i, 2);
            folder->at += 2;
        } else if (entry == FOLDING_SPACE) {
            folder->divided = true;
        } else if (entry >= 0x800) { /* may grow: where room is made for it */
            break;
        } else if (entry != FOLDING_DROP) {
            put_code_point(folder, entry);
        }
        i += 2;
    }
    return slice_skip(text, i);
}

static void fold(struct folder *folder, struct slice text)
{
    while (text.length > 0 && make_room(folder, text.length)) {
        text = fold_two_bytes(folder, fold_ascii(folder, text));
        if (text.length > 0 && (unsigned char)text.data[0] >= 0x80) {
            uint32_t code_point = utf8_next(&text);

            if (code_point == UTF8_INVALID)
                folder->divided = true;
            else
                put_folded(folder, code_point);
        }
    }
}

static void fold_to_buf(struct slice text, struct buf *out, bool joined)
{
    struct folder folder = {.out = out, .start = out->length, .at = out->length, .joined = joined};

    fold(&folder, text);
    if (out->failed || !out->data)
        return;
    out->length = folder.at;
    out->data[out->length] = '\0';
}

void text_fold(struct slice text, struct buf *out)
{
    fold_to_buf(text, out, false);
}

void text_fold_joined(struct slice text, struct buf *out)
{
    fold_to_buf(text, out, true);
}

struct slice text_fold_short(struct slice text, bool joined, char memory[TEXT_SHORT_ROOM])
{
    struct folder folder = {.data = memory, .room = TEXT_SHORT_ROOM, .joined = joined};

    if (text.length > TEXT_SHORT_BYTES_MAX)
        text.length = TEXT_SHORT_BYTES_MAX;
    fold(&folder, text);
    return slice_make(memory, folder.at);
}

/* The two letters that stand for a vowel with a mark; NULL: none. */
static const char *spelt_out(uint32_t code_point)
{
    switch (code_point) {
    case 0xC4: /* a with two points */
    case 0xE4:
    case 0xC6: /* ligature ae */
    case 0xE6:
        return "ae";
    case 0xD6: /* o with two points */
    case 0xF6:
    case 0xD8: /* o with a stroke */
    case 0xF8:
        return "oe";
    case 0xDC: /* u with two points */
    case 0xFC:
        return "ue";
    case 0xC5: /* a with a ring */
    case 0xE5:
        return "aa";
    default:
        return NULL;
    }
}

bool text_spell_out(struct slice text, struct buf *out)
{
    size_t start = out->length;
    bool any = false;

    while (text.length > 0) {
        struct slice rest = text;
        const char *letters = spelt_out(utf8_next(&rest));

        if (letters)
            buf_add_text(out, letters);
        else
            buf_add(out, text.data, text.length - rest.length);
        any |= letters != NULL;
        text = rest;
    }
    if (!any && !out->failed)
        out->length = start;
    return any && !out->failed;
}

bool text_next_word(struct slice *folded, struct slice *out_word)
{
    const char *space;

    while (folded->length > 0 && folded->data[0] == ' ')
        *folded = slice_skip(*folded, 1);
    if (folded->length == 0)
        return false;
    space = memchr(folded->data, ' ', folded->length);
    *out_word = slice_make(folded->data, space ? (size_t)(space - folded->data) : folded->length);
    *folded = slice_skip(*folded, out_word->length);
    return true;
}

size_t text_length(struct slice text)
{
    size_t count = 0;

    while (text.length > 0) {
        (void)utf8_next(&text);
        count++;
    }
    return count;
}

struct slice text_cut(struct slice text, size_t count)
{
    struct slice rest = text;

    while (count-- > 0 && rest.length > 0)
        (void)utf8_next(&rest);
    return slice_make(text.data, text.length - rest.length);
}
