/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/html_stream.h"

#include <string.h>
#include <strings.h>

#include "extract/html_entity.h"

#define TAG_BYTES_MAX  ((size_t)64 << 10)  /* a longer one is text */
#define TEXT_BYTES_MAX ((size_t)256 << 10) /* longer runs are taken in pieces */
#define META_BYTES     4096u

bool html_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Letters differ by one bit from their other case. */
static bool may_begin_alike(char a, char b)
{
    return (((unsigned char)a ^ (unsigned char)b) & ~0x20u) == 0;
}

/* Asked of each tag some forty times: the first letter says no to nearly all. */
bool html_name_is(struct slice name, const char *word)
{
    return name.length > 0 && may_begin_alike(name.data[0], word[0]) && strlen(word) == name.length
           && strncasecmp(word, name.data, name.length) == 0;
}

struct slice html_attribute(struct slice tag, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 1; i + length + 1 < tag.length; i++) {
        struct slice value;
        size_t end = 0;
        char quote;

        if (strncasecmp(tag.data + i, name, length) != 0 || tag.data[i + length] != '='
            || !html_is_space(tag.data[i - 1]))
            continue;
        value = slice_skip(tag, i + length + 1);
        quote = value.data[0] == '"' || value.data[0] == '\'' ? value.data[0] : '\0';
        value = slice_skip(value, quote != '\0');
        while (end < value.length
               && (quote ? value.data[end] != quote
                         : !html_is_space(value.data[end]) && value.data[end] != '>'))
            end++;
        return slice_make(value.data, end);
    }
    return (struct slice){0};
}

/* The length of the comment or tag at the start of `text`, 0 if its end is not in view. */
static size_t markup_length(struct slice text)
{
    const char *end;
    char quote = '\0';

    if (slice_starts(text, SLICE_LITERAL("<!--"))) {
        end = memmem(text.data + 4, text.length - 4, "-->", 3);
        return end ? (size_t)(end - text.data) + 3 : 0;
    }
    for (size_t i = 1; i < text.length && i < TAG_BYTES_MAX; i++) {
        char c = text.data[i];

        if (quote ? c == quote : c == '>') {
            if (!quote)
                return i + 1;
            quote = '\0';
        } else if (!quote && (c == '"' || c == '\'') && text.data[i - 1] == '=') {
            quote = c;
        }
    }
    return 0;
}

static bool starts_markup(struct slice text)
{
    char c = text.length > 1 ? text.data[1] : ' ';

    return c == '/' || c == '!' || c == '?' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Text up to the next '<'; at the end of the view the last bytes wait: an entity may be cut. */
static size_t text_length(struct slice text, bool final)
{
    const char *mark = memchr(text.data + 1, '<', text.length - 1);
    size_t length = mark ? (size_t)(mark - text.data) : text.length;

    if (length > TEXT_BYTES_MAX)
        length = TEXT_BYTES_MAX;
    if ((!mark || length == TEXT_BYTES_MAX) && !final) {
        const char *entity = memrchr(text.data, '&', length);

        if (entity && length - (size_t)(entity - text.data) <= ENTITY_BYTES_MAX)
            length = (size_t)(entity - text.data);
    }
    return length;
}

/* A tag from '<' to '>'. */
static int give_tag(const struct html_visitor *visitor, struct slice whole, struct tq_error *err)
{
    struct html_tag tag = {.whole = whole, .is_end = whole.length > 1 && whole.data[1] == '/'};
    struct slice name = slice_skip(whole, 1 + tag.is_end);
    size_t length = 0;

    while (length < name.length && !html_is_space(name.data[length]) && name.data[length] != '>'
           && name.data[length] != '/')
        length++;
    tag.name = slice_make(name.data, length);
    return visitor->tag(visitor->state, &tag, err);
}

/* Take what is whole in view; *out_used bytes are done with. */
static int take_view(const struct text_source *source, const struct html_visitor *visitor,
                     size_t *out_used, struct tq_error *err)
{
    struct slice view = slice_make(source->text, source->length);
    int r = TQ_OK;

    while (view.length > 0 && r == TQ_OK) {
        bool final = source->final;
        size_t length = 0;

        if (view.data[0] == '<' && view.length == 1 && !final)
            break;
        if (view.data[0] == '<' && starts_markup(view)) {
            length = markup_length(view);
            if (length == 0 && !final && view.length < TAG_BYTES_MAX)
                break;
            if (length == 0 && slice_starts(view, SLICE_LITERAL("<!--")))
                length = 4; /* a comment without an end hides nothing */
            else if (length > 0 && view.data[1] != '!' && view.data[1] != '?')
                r = give_tag(visitor, slice_make(view.data, length), err);
        }
        if (length == 0) {
            length = text_length(view, final);
            if (length == 0)
                break;
            r = visitor->text(visitor->state, slice_make(view.data, length), err);
        }
        view = slice_skip(view, length);
    }
    *out_used = source->length - view.length;
    return r;
}

/* The encoding that the head of the text names, for lines that are no UTF-8. */
static void heed_meta(struct text_source *source)
{
    size_t length = source->length < META_BYTES ? source->length : META_BYTES;
    const char *at = source->text, *end = at + length;

    while (at && end - at > 8) {
        size_t label = 0;
        const struct codepage *page;

        at = memmem(at, (size_t)(end - at), "charset=", 8);
        if (!at)
            return;
        at += 8;
        while (at < end && (*at == '"' || *at == '\''))
            at++;
        while (at + label < end && !strchr("\"'>; /\n", at[label]) && at[label])
            label++;
        page = codepage_find(slice_make(at, label));
        if (page) {
            source->encoding.page = page;
            return;
        }
    }
}

/* Decode enough to see what the head says of the encoding, and start anew with that. */
static int open_source(struct text_source *source, const struct extract_input *input,
                       struct tq_error *err)
{
    int r = text_source_open(source, input->fd, input->size_bytes, err);

    if (r == TQ_OK)
        r = text_source_more(source, 0, err);
    if (r < 0)
        return r;
    heed_meta(source);
    text_source_rewind(source);
    return TQ_OK;
}

int html_stream_read(const struct extract_input *input, struct text_source *source,
                     const struct html_visitor *visitor, const bool *stop, struct tq_error *err)
{
    size_t used = 0;
    int r = open_source(source, input, err);

    while (r == TQ_OK && !source->final && !(stop && *stop)) {
        r = text_source_more(source, used, err);
        if (r == TQ_OK)
            r = take_view(source, visitor, &used, err);
    }
    return r;
}
