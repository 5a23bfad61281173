/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rich Text Format (Microsoft, "Rich Text Format Specification", version 1.9.1): the text in
 * reading order, its tables, and nothing of how it looks. Control words are taken one after
 * another; groups are a stack of a few bytes each.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/codepage.h"
#include "extract/document_text.h"
#include "extract/embedded.h"
#include "extract/format.h"
#include "extract/multibyte.h"

#define READ_BYTES   ((size_t)64 << 10)
#define GROUPS_MAX   1024u /* inside each other; deeper ones are as the one around them */
#define FONTS_MAX    4096u
#define WORD_BYTES   32u /* the longest control word that the specification allows */
#define TEXT_PIECE   256u
#define OBJECT_MAX   ((size_t)64 << 20)
#define DEFAULT_PAGE "windows-1252"

/* One of them, or neither: not known. */
struct rtf_encoding {
    const struct codepage *page;
    const struct multibyte *wide; /* characters of one byte and of two */
};

struct rtf_group {
    bool skip;           /* its text is not the document's */
    bool is_fonts;       /* a table of fonts */
    bool is_apart;       /* a header, a note: a line of its own */
    bool is_object;      /* its text is an object in hexadecimal digits */
    uint8_t substitutes; /* characters that follow a \u for old readers */
    struct rtf_encoding encoding;
};

struct rtf_font {
    uint32_t number;
    struct rtf_encoding encoding;
};

struct rtf_reader {
    const struct sink *sink;
    struct document_text text;
    int fd;
    uint64_t offset; /* of the next read */
    char *buffer;    /* READ_BYTES */
    size_t at, length;

    struct rtf_group groups[GROUPS_MAX];
    uint32_t depth;               /* of open groups; may be more than GROUPS_MAX */
    struct rtf_encoding encoding; /* where no font says anything else */
    unsigned char lead;           /* the first byte of a character of two, or 0 */
    struct rtf_font fonts[FONTS_MAX];
    uint32_t font_count, font; /* the one that is described */
    uint32_t to_skip;          /* characters that stand for one that was written as \u */
    uint32_t high_surrogate;
    bool is_starred; /* "\*" was read: an unknown word that follows is left out */
    bool in_table_paragraph;
    struct mail_members members;
    struct buf object;
    int high;         /* the first digit of a byte of the object, -1: none */
    uint64_t objects; /* that were not read */
};

static void rtf_clear(struct rtf_reader *rtf)
{
    document_text_clear(&rtf->text);
    mail_members_clear(&rtf->members);
    buf_clear(&rtf->object);
    free(rtf->buffer);
}

static struct rtf_group *group(struct rtf_reader *rtf)
{
    return &rtf->groups[rtf->depth < GROUPS_MAX ? rtf->depth : GROUPS_MAX - 1];
}

/* The next byte; -1 at the end, or after a failure. */
static int next_byte(struct rtf_reader *rtf, int *status, struct tq_error *err)
{
    if (rtf->at == rtf->length) {
        rtf->at = 0;
        *status = file_read_at(rtf->fd, rtf->offset, rtf->buffer, READ_BYTES, &rtf->length, err);
        if (*status < 0 || rtf->length == 0) {
            rtf->length = 0;
            return -1;
        }
        rtf->offset += rtf->length;
    }
    return (unsigned char)rtf->buffer[rtf->at++];
}

/* ---- text ---- */

/* A paragraph that is not of a table ends the table. */
static int leave_table(struct rtf_reader *rtf, struct tq_error *err)
{
    return rtf->text.depth > 0 && !rtf->in_table_paragraph
               ? document_text_table_end(&rtf->text, err)
               : TQ_OK;
}

static int add_character(struct rtf_reader *rtf, uint32_t character, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf utf8 = {0};
    int r;

    if (group(rtf)->skip || character == 0)
        return TQ_OK;
    r = leave_table(rtf, err);
    if (r < 0)
        return r;
    buf_add_code_point(&utf8, character);
    r = buf_check(&utf8, err);
    return r < 0 ? r : document_text_add(&rtf->text, buf_slice(&utf8), err);
}

static struct rtf_encoding current_encoding(struct rtf_reader *rtf)
{
    struct rtf_encoding of_font = group(rtf)->encoding;

    return of_font.page || of_font.wide ? of_font : rtf->encoding;
}

/* The characters that some bytes stand for, in an encoding with characters of two bytes. */
static int add_wide(struct rtf_reader *rtf, const struct multibyte *wide, struct slice bytes,
                    struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf utf8 = {0};
    int r;

    rtf->lead = 0;
    if (group(rtf)->skip || !multibyte_add(&utf8, bytes, wide))
        return TQ_OK;
    r = leave_table(rtf, err);
    if (r == TQ_OK)
        r = buf_check(&utf8, err);
    return r < 0 ? r : document_text_add(&rtf->text, buf_slice(&utf8), err);
}

static int add_wide_byte(struct rtf_reader *rtf, const struct multibyte *wide, unsigned char byte,
                         struct tq_error *err)
{
    const char pair[] = {(char)rtf->lead, (char)byte};

    if (rtf->lead)
        return add_wide(rtf, wide, slice_make(pair, 2), err);
    if (multibyte_is_lead(wide, byte)) {
        rtf->lead = byte;
        return TQ_OK;
    }
    if (byte < 0x80)
        return add_character(rtf, byte, err);
    return add_wide(rtf, wide, slice_make(pair + 1, 1), err);
}

static int add_byte(struct rtf_reader *rtf, unsigned char byte, struct tq_error *err)
{
    struct rtf_encoding encoding = current_encoding(rtf);

    if (rtf->to_skip > 0) {
        rtf->to_skip--;
        return TQ_OK;
    }
    if (encoding.wide)
        return add_wide_byte(rtf, encoding.wide, byte, err);
    return add_character(rtf, byte < 0x80 ? byte : encoding.page->upper[byte - 0x80], err);
}

/* Plain letters in one go: most of a document. */
static int add_run(struct rtf_reader *rtf, struct tq_error *err)
{
    size_t start = rtf->at, length = 0;
    int r;

    while (start + length < rtf->length && length < TEXT_PIECE) {
        unsigned char c = (unsigned char)rtf->buffer[start + length];

        if (c < 0x20 || c >= 0x80 || c == '\\' || c == '{' || c == '}')
            break;
        length++;
    }
    if (length == 0 || rtf->to_skip > 0 || rtf->lead)
        return TQ_OK;
    rtf->at += length;
    if (group(rtf)->skip)
        return TQ_OK;
    r = leave_table(rtf, err);
    return r < 0 ? r : document_text_add(&rtf->text, slice_make(rtf->buffer + start, length), err);
}

/* "\u1575": 16 bits, signed; two of them for characters past the first 65,536. */
static int add_unicode(struct rtf_reader *rtf, int32_t value, struct tq_error *err)
{
    uint32_t unit = (uint32_t)value & 0xFFFF;

    rtf->to_skip = group(rtf)->substitutes;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        rtf->high_surrogate = unit;
        return TQ_OK;
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) {
        uint32_t high = rtf->high_surrogate;

        rtf->high_surrogate = 0;
        return high == 0
                   ? TQ_OK
                   : add_character(rtf, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), err);
    }
    return add_character(rtf, unit, err);
}

/* ---- control words ---- */

static struct rtf_encoding find_encoding(struct slice label)
{
    return (struct rtf_encoding){codepage_find(label), multibyte_find(label)};
}

/* The encoding of a character set of Windows. */
static struct rtf_encoding encoding_of_charset(int32_t charset)
{
    static const struct {
        uint8_t charset;
        const char *name;
    } known[] = {{0, "windows-1252"},   {77, "macintosh"},     {128, "932"},
                 {129, "949"},          {134, "936"},          {136, "950"},
                 {161, "windows-1253"}, {162, "windows-1254"}, {177, "windows-1255"},
                 {178, "windows-1256"}, {186, "windows-1257"}, {204, "windows-1251"},
                 {238, "windows-1250"}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].charset == charset)
            return find_encoding(slice_of(known[i].name));
    }
    return (struct rtf_encoding){0};
}

static void describe_font(struct rtf_reader *rtf, int32_t charset)
{
    if (rtf->font_count < FONTS_MAX)
        rtf->fonts[rtf->font_count++] = (struct rtf_font){rtf->font, encoding_of_charset(charset)};
}

static void choose_font(struct rtf_reader *rtf, int32_t number)
{
    rtf->font = (uint32_t)number;
    if (group(rtf)->is_fonts)
        return;
    rtf->lead = 0;
    group(rtf)->encoding = (struct rtf_encoding){0};
    for (uint32_t i = 0; i < rtf->font_count; i++) {
        if (rtf->fonts[i].number == rtf->font)
            group(rtf)->encoding = rtf->fonts[i].encoding;
    }
}

static void choose_page(struct rtf_reader *rtf, int32_t number)
{
    char name[16];
    struct rtf_encoding encoding;

    (void)snprintf(name, sizeof(name), "%" PRId32, number);
    encoding = find_encoding(slice_of(name));
    if (encoding.page || encoding.wide)
        rtf->encoding = encoding;
}

/* ---- embedded objects ---- */

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One that is larger than it may be is cut, and not read. */
static void add_object_byte(struct rtf_reader *rtf, int byte)
{
    if (rtf->object.length <= OBJECT_MAX)
        buf_add_byte(&rtf->object, (char)byte);
}

static void add_object_digit(struct rtf_reader *rtf, int c)
{
    int value = hex_value(c);

    if (value < 0)
        return;
    if (rtf->high >= 0)
        add_object_byte(rtf, rtf->high * 16 + value);
    rtf->high = rtf->high >= 0 ? -1 : value;
}

static int give_object(struct rtf_reader *rtf, struct tq_error *err)
{
    bool given = false;
    int r = buf_check(&rtf->object, err);

    if (r == TQ_OK && rtf->object.length <= OBJECT_MAX)
        r = embedded_give_old(&rtf->members, buf_slice(&rtf->object), &given, err);
    rtf->objects += !given;
    buf_empty(&rtf->object);
    rtf->high = -1;
    return r;
}

/* Bytes that are no text, of which "\bin" says how many; they may be an object's. */
static int skip_bytes(struct rtf_reader *rtf, int32_t count, struct tq_error *err)
{
    int status = TQ_OK, byte;

    for (int32_t i = 0; i < count && (byte = next_byte(rtf, &status, err)) >= 0; i++) {
        if (group(rtf)->is_object)
            add_object_byte(rtf, byte);
    }
    return status;
}

enum rtf_action {
    RTF_SKIP, /* the group is not of the text */
    RTF_FONTS,
    RTF_OBJECT,
    RTF_APART, /* the group is a line of its own */
    RTF_LINE,
    RTF_PAGE,
    RTF_TAB,
    RTF_CELL,
    RTF_ROW,
    RTF_TABLE,     /* a row is described */
    RTF_IN_TABLE,  /* the paragraph is of a table */
    RTF_PARAGRAPH, /* it is of none, until it is said again */
    RTF_CHARACTER, /* `value` is one */
    RTF_FONT,
    RTF_CHARSET,
    RTF_CODEPAGE,
    RTF_UNICODE,
    RTF_SUBSTITUTES,
    RTF_BINARY,
    RTF_TEXT, /* a group of text, even if it is starred */
};

struct rtf_word {
    const char *word;
    enum rtf_action action;
    uint32_t value;
};

static const struct rtf_word words[] = {
    {"fonttbl", RTF_FONTS, 0},
    {"colortbl", RTF_SKIP, 0},
    {"stylesheet", RTF_SKIP, 0},
    {"info", RTF_SKIP, 0},
    {"pict", RTF_SKIP, 0},
    {"objdata", RTF_OBJECT, 0},
    {"fldinst", RTF_SKIP, 0},
    {"listtable", RTF_SKIP, 0},
    {"listoverridetable", RTF_SKIP, 0},
    {"listtext", RTF_TEXT, 0},
    {"nonshppict", RTF_SKIP, 0},
    {"bkmkstart", RTF_SKIP, 0},
    {"bkmkend", RTF_SKIP, 0},
    {"shpinst", RTF_TEXT, 0},
    {"shptxt", RTF_TEXT, 0},
    {"annotation", RTF_APART, 0},
    {"footnote", RTF_APART, 0},
    {"header", RTF_APART, 0},
    {"headerl", RTF_APART, 0},
    {"headerr", RTF_APART, 0},
    {"headerf", RTF_APART, 0},
    {"footer", RTF_APART, 0},
    {"footerl", RTF_APART, 0},
    {"footerr", RTF_APART, 0},
    {"footerf", RTF_APART, 0},
    {"sp", RTF_SKIP, 0},
    {"par", RTF_LINE, 0},
    {"line", RTF_LINE, 0},
    {"sect", RTF_LINE, 0},
    {"page", RTF_PAGE, 0},
    {"tab", RTF_TAB, 0},
    {"cell", RTF_CELL, 0},
    {"nestcell", RTF_TAB, 0},
    {"row", RTF_ROW, 0},
    {"nestrow", RTF_LINE, 0},
    {"trowd", RTF_TABLE, 0},
    {"intbl", RTF_IN_TABLE, 0},
    {"pard", RTF_PARAGRAPH, 0},
    {"emdash", RTF_CHARACTER, 0x2014},
    {"endash", RTF_CHARACTER, 0x2013},
    {"lquote", RTF_CHARACTER, 0x2018},
    {"rquote", RTF_CHARACTER, 0x2019},
    {"ldblquote", RTF_CHARACTER, 0x201C},
    {"rdblquote", RTF_CHARACTER, 0x201D},
    {"bullet", RTF_CHARACTER, 0x2022},
    {"f", RTF_FONT, 0},
    {"fcharset", RTF_CHARSET, 0},
    {"ansicpg", RTF_CODEPAGE, 0},
    {"u", RTF_UNICODE, 0},
    {"uc", RTF_SUBSTITUTES, 0},
    {"bin", RTF_BINARY, 0},
};

static int end_line(struct rtf_reader *rtf, struct tq_error *err)
{
    int r = leave_table(rtf, err);

    return r < 0 ? r : document_text_end_line(&rtf->text, err);
}

/* Words that move text about; not heeded where the text is not the document's. */
static int move(struct rtf_reader *rtf, enum rtf_action action, struct tq_error *err)
{
    struct document_text *text = &rtf->text;

    if (group(rtf)->skip)
        return TQ_OK;
    switch (action) {
    case RTF_LINE:
        return end_line(rtf, err);
    case RTF_PAGE:
        return document_text_end_page(text, err);
    case RTF_TAB:
        return document_text_tab(text, err);
    case RTF_CELL:
        if (text->depth == 0 && document_text_table(text, err) < 0)
            return err->status;
        return document_text_end_cell(text, 1, err);
    case RTF_ROW:
        return document_text_end_row(text, err);
    case RTF_TABLE:
    case RTF_IN_TABLE:
        rtf->in_table_paragraph = true;
        return text->depth == 0 ? document_text_table(text, err) : TQ_OK;
    default:
        rtf->in_table_paragraph = false;
        return TQ_OK;
    }
}

static int act(struct rtf_reader *rtf, const struct rtf_word *word, int32_t number,
               struct tq_error *err)
{
    switch (word->action) {
    case RTF_SKIP:
    case RTF_FONTS:
    case RTF_OBJECT:
        group(rtf)->skip = true;
        group(rtf)->is_fonts |= word->action == RTF_FONTS;
        group(rtf)->is_object |= word->action == RTF_OBJECT;
        return TQ_OK;
    case RTF_APART:
        group(rtf)->is_apart = true;
        return TQ_OK;
    case RTF_CHARACTER:
        return add_character(rtf, word->value, err);
    case RTF_FONT:
        choose_font(rtf, number);
        return TQ_OK;
    case RTF_CHARSET:
        describe_font(rtf, number);
        return TQ_OK;
    case RTF_CODEPAGE:
        choose_page(rtf, number);
        return TQ_OK;
    case RTF_UNICODE:
        return add_unicode(rtf, number, err);
    case RTF_SUBSTITUTES:
        group(rtf)->substitutes = (uint8_t)(number >= 0 && number < 16 ? number : 1);
        return TQ_OK;
    case RTF_BINARY:
        return skip_bytes(rtf, number, err);
    case RTF_TEXT:
        return TQ_OK;
    default:
        return move(rtf, word->action, err);
    }
}

static int take_word(struct rtf_reader *rtf, const char *text, int32_t number, struct tq_error *err)
{
    bool is_starred = rtf->is_starred;

    rtf->is_starred = false;
    rtf->to_skip = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, text) == 0)
            return act(rtf, &words[i], number, err);
    }
    group(rtf)->skip |= is_starred;
    return TQ_OK;
}

/* A word of letters, perhaps a number, perhaps one space that ends it. */
static int read_word(struct rtf_reader *rtf, int first, struct tq_error *err)
{
    char text[WORD_BYTES + 1];
    size_t length = 0;
    int32_t number = 0;
    bool is_negative = false;
    int status = TQ_OK, c = first;

    for (; (c | 32) >= 'a' && (c | 32) <= 'z'; c = next_byte(rtf, &status, err)) {
        if (length < WORD_BYTES)
            text[length++] = (char)c;
    }
    text[length] = '\0';
    if (c == '-') {
        is_negative = true;
        c = next_byte(rtf, &status, err);
    }
    for (; c >= '0' && c <= '9'; c = next_byte(rtf, &status, err))
        number = number < 100000000 ? number * 10 + (c - '0') : number;
    if (status < 0)
        return status;
    if (c >= 0 && c != ' ')
        rtf->at--; /* it is not of the word */
    return take_word(rtf, text, is_negative ? -number : number, err);
}

static int read_hex(struct rtf_reader *rtf, struct tq_error *err)
{
    int status = TQ_OK;
    int high = hex_value(next_byte(rtf, &status, err));
    int low = status < 0 ? -1 : hex_value(next_byte(rtf, &status, err));

    if (status < 0 || high < 0 || low < 0)
        return status;
    return add_byte(rtf, (unsigned char)(high * 16 + low), err);
}

/* What stands behind a backslash. */
static int read_control(struct rtf_reader *rtf, struct tq_error *err)
{
    int status = TQ_OK, c = next_byte(rtf, &status, err);

    if (status < 0 || c < 0)
        return status;
    if ((c | 32) >= 'a' && (c | 32) <= 'z')
        return read_word(rtf, c, err);
    if (c == '\'')
        return read_hex(rtf, err);
    if (c == '*') {
        rtf->is_starred = true;
        return TQ_OK;
    }
    if (c == '\n' || c == '\r')
        return take_word(rtf, "par", 0, err);
    if (c == '~')
        return add_character(rtf, ' ', err);
    if (c == '_')
        return add_character(rtf, '-', err);
    return c == '\\' || c == '{' || c == '}' ? add_byte(rtf, (unsigned char)c, err) : TQ_OK;
}

static void begin_group(struct rtf_reader *rtf)
{
    struct rtf_group outer = *group(rtf);

    rtf->depth++;
    rtf->to_skip = 0;
    rtf->lead = 0;
    if (rtf->depth < GROUPS_MAX)
        rtf->groups[rtf->depth] = outer;
}

static int end_group(struct rtf_reader *rtf, struct tq_error *err)
{
    bool was_apart = group(rtf)->is_apart, was_object = group(rtf)->is_object;

    rtf->depth -= rtf->depth > 0;
    rtf->to_skip = 0;
    rtf->lead = 0;
    if (was_object && !group(rtf)->is_object)
        return give_object(rtf, err);
    if (!was_apart || group(rtf)->is_apart || rtf->text.depth > 0 || rtf->text.line.length == 0)
        return TQ_OK;
    return document_text_end_line(&rtf->text, err);
}

static int read_all(struct rtf_reader *rtf, struct tq_error *err)
{
    int status = TQ_OK, c;

    while (!rtf->text.pages.stopped && (c = next_byte(rtf, &status, err)) >= 0) {
        if (c == '{') {
            begin_group(rtf);
        } else if (c == '}') {
            status = end_group(rtf, err);
        } else if (c == '\\') {
            status = read_control(rtf, err);
        } else if (group(rtf)->is_object) {
            add_object_digit(rtf, c);
        } else if (c >= 0x20 || c == '\t') {
            status = add_byte(rtf, (unsigned char)c, err);
            if (status == TQ_OK)
                status = add_run(rtf, err);
        }
        if (status < 0)
            return status;
    }
    return status;
}

static int report(struct rtf_reader *rtf, struct tq_error *err)
{
    int r = group(rtf)->is_object ? give_object(rtf, err) : TQ_OK;

    if (r == TQ_OK && rtf->depth > 0 && !rtf->text.pages.stopped)
        r = emit_note(rtf->sink, 0, err, "the text breaks off");
    if (r == TQ_OK && rtf->objects > 0)
        r = emit_note(rtf->sink, 0, err, "%" PRIu64 " embedded objects were not read",
                      rtf->objects);
    if (r == TQ_OK && rtf->text.pages.page_count == 0 && rtf->text.grid.writer.record == 0)
        r = emit_note(rtf->sink, 0, err, "no records and no text were found");
    return r;
}

static int rtf_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct rtf_reader *rtf = alloc_zeroed(1, sizeof(*rtf));
    int r;

    if (!rtf)
        return tq_no_memory(err);
    *rtf = (struct rtf_reader){.sink = sink, .fd = input->fd};
    rtf->groups[0].substitutes = 1;
    rtf->high = -1;
    mail_members_init(&rtf->members, sink, limits);
    rtf->encoding = find_encoding(SLICE_LITERAL(DEFAULT_PAGE));
    document_text_init(&rtf->text, sink, limits);
    rtf->buffer = alloc_zeroed(READ_BYTES, 1);
    r = rtf->buffer ? emit_type(sink, "rtf", err) : tq_no_memory(err);
    if (r == TQ_OK)
        r = read_all(rtf, err);
    if (r == TQ_OK)
        r = document_text_finish(&rtf->text, err);
    if (r == TQ_OK)
        r = report(rtf, err);
    rtf_clear(rtf);
    return r;
}

static enum claim rtf_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return slice_starts(slice_trim(head), SLICE_LITERAL("{\\rt")) ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_rtf = {"rtf", rtf_claim, rtf_read};
