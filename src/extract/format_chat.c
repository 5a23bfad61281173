/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Chats that WhatsApp exports as text: read as text, and searched for subjects. They have a format
 * of their own because their dates and commas look like a table.
 */
#include <string.h>

#include "base/cleanup.h"
#include "extract/decode.h"
#include "extract/format.h"

#define LINES_MAX  200u
#define LINES_MIN  2u
#define MARK_BYTES 3u /* U+200E before a bracket */

static bool take_digits(struct slice *text, size_t least, size_t most)
{
    size_t count = 0;

    while (count < text->length && count <= most && text->data[count] >= '0'
           && text->data[count] <= '9')
        count++;
    *text = slice_skip(*text, count);
    return count >= least && count <= most;
}

static bool take_one_of(struct slice *text, const char *signs)
{
    if (text->length == 0 || !text->data[0] || !strchr(signs, text->data[0]))
        return false;
    *text = slice_skip(*text, 1);
    return true;
}

/* "01/05/2024, 10:02 - Name: text" or "[01.05.24, 10:02:33] Name: text". */
static bool is_message(struct slice line)
{
    bool bracket;

    if (slice_starts(line, SLICE_LITERAL("\xE2\x80\x8E")))
        line = slice_skip(line, MARK_BYTES);
    bracket = take_one_of(&line, "[");
    if (!take_digits(&line, 1, 4) || !take_one_of(&line, "/.-") || !take_digits(&line, 1, 2)
        || !take_one_of(&line, "/.-") || !take_digits(&line, 1, 4))
        return false;
    (void)take_one_of(&line, ",");
    if (!take_one_of(&line, " ") || !take_digits(&line, 1, 2) || !take_one_of(&line, ":.")
        || !take_digits(&line, 2, 2))
        return false;
    if (line.length > 24)
        line.length = 24; /* seconds, "AM", and what separates */
    return bracket ? line.length > 0 && memmem(line.data, line.length, "] ", 2) != NULL
                   : line.length > 0 && memmem(line.data, line.length, " - ", 3) != NULL;
}

static bool is_likely(struct slice text)
{
    unsigned lines = 0, messages = 0;

    while (text.length > 0 && lines < LINES_MAX) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;

        if (lines == 0 && !is_message(slice_make(text.data, length)))
            return false;
        lines += slice_trim(slice_make(text.data, length)).length > 0;
        messages += is_message(slice_make(text.data, length));
        text = slice_skip(text, length + (mark != NULL));
    }
    return messages >= LINES_MIN && messages * 2 > lines;
}

static int chat_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    return format_text.read(input, limits, sink, err);
}

static enum claim chat_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    return is_likely(buf_slice(&text)) ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_chat = {"text", chat_claim, chat_read};
