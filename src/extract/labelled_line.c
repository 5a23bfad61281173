/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/labelled_line.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define NAME_BYTES_MIN 2u
#define NAME_BYTES_MAX 40u
#define NAME_WORDS_MAX 4u
#define RULE_SIGNS_MIN 3u
#define NAMES_MAX      64u  /* told apart in a sample */
#define LINES_MAX      400u /* of the sample */
#define RECORDS_MIN    3u
#define LINE_PAIRS_MIN 3u /* a line of fewer may be anything */

static bool is_letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 0xC3 || c == '_';
}

static bool is_name_byte(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80
           || (c && strchr("-.()/'", c));
}

/* The length of the name that a line starts with, of one word or several. */
static size_t name_length(struct slice line, uint32_t words_max)
{
    size_t length = 0;
    uint32_t words = 1;

    if (line.length == 0 || !is_letter(line.data[0]))
        return 0;
    while (length < line.length) {
        char c = line.data[length];

        if (c == ' ' && length + 1 < line.length && is_name_byte(line.data[length + 1])
            && words < words_max)
            words++;
        else if (!is_name_byte(c))
            break;
        length++;
    }
    return length >= NAME_BYTES_MIN && length <= NAME_BYTES_MAX ? length : 0;
}

bool labelled_line_split(struct slice line, struct slice *out_name, struct slice *out_value)
{
    struct slice text = slice_trim(line), rest;
    size_t length = name_length(text, NAME_WORDS_MAX);

    if (length == 0)
        return false;
    rest = slice_trim(slice_skip(text, length));
    if (rest.length == 0 || !rest.data[0] || !strchr(":=|", rest.data[0])
        || slice_starts(rest, SLICE_LITERAL("://")) || slice_starts(rest, SLICE_LITERAL("::")))
        return false;
    *out_name = slice_make(text.data, length);
    *out_value = slice_trim(slice_skip(rest, 1));
    return true;
}

bool labelled_line_parts(struct slice line)
{
    size_t signs = 0;

    line = slice_trim(line);
    if (line.length == 0)
        return false;
    if (line.data[0] == '[')
        return line.data[line.length - 1] == ']';
    while (signs < line.length && line.data[signs] == line.data[0])
        signs++;
    return (strchr("-=*_#~+", line.data[0]) && signs >= RULE_SIGNS_MIN)
           || slice_starts(line, SLICE_LITERAL("-[ "));
}

/* Where a name and its mark begin the text: the length of both, and that of the name. */
static size_t label_length(struct slice text, size_t *out_name)
{
    size_t length = name_length(text, 1);

    *out_name = length;
    if (length == 0 || length >= text.length)
        return 0;
    if (text.data[length] == '=')
        return length + 1;
    return text.data[length] == ':' && length + 1 < text.length && text.data[length + 1] == ' '
               ? length + 2
               : 0;
}

static bool separates(char c)
{
    return c && strchr(" ,;|&\t", c);
}

/* A value without the quotes around it, and without what separates it from the next. */
static struct slice bare_value(struct slice value)
{
    value = slice_trim(value);
    while (value.length > 0 && separates(value.data[value.length - 1]))
        value.length--;
    if (value.length >= 2 && (value.data[0] == '"' || value.data[0] == '\'')
        && value.data[value.length - 1] == value.data[0])
        return slice_make(value.data + 1, value.length - 2);
    return value;
}

bool labelled_line_take(struct slice *rest, struct slice *out_name, struct slice *out_value)
{
    struct slice text = *rest;
    size_t name, label, end;
    bool quoted = false;
    char mark;

    while (text.length > 0 && separates(text.data[0]))
        text = slice_skip(text, 1);
    label = label_length(text, &name);
    if (label == 0)
        return false;
    mark = text.data[name];
    for (end = label; end < text.length; end++) {
        size_t next, next_label;

        quoted ^= text.data[end] == '"';
        if (quoted || !separates(text.data[end - 1]))
            continue;
        next_label = label_length(slice_skip(text, end), &next);
        if (next_label > 0 && text.data[end + next] == mark)
            break;
    }
    *out_name = slice_make(text.data, name);
    *out_value = bare_value(slice_make(text.data + label, end - label));
    *rest = slice_skip(text, end);
    return true;
}

/* ---- what a text is ---- */

/* What the sample has of names and records. */
struct survey {
    struct slice names[NAMES_MAX];
    uint32_t last_record[NAMES_MAX]; /* in which a name was seen */
    uint32_t name_count, lost;
    uint32_t records, full_records; /* full: of two values and more */
    uint32_t in_record;             /* values of the open record */
    uint32_t pairs, again, others;  /* again: a second time in one record */
    uint32_t first_name;            /* of the open record */
};

static void end_record(struct survey *survey)
{
    survey->full_records += survey->in_record >= 2;
    survey->in_record = 0;
}

static uint32_t name_number(struct survey *survey, struct slice name)
{
    for (uint32_t i = 0; i < survey->name_count; i++) {
        if (survey->names[i].length == name.length
            && strncasecmp(survey->names[i].data, name.data, name.length) == 0)
            return i;
    }
    if (survey->name_count == NAMES_MAX) {
        survey->lost++;
        return NAMES_MAX - 1;
    }
    survey->names[survey->name_count] = name;
    survey->last_record[survey->name_count] = 0;
    return survey->name_count++;
}

static void add_pair(struct survey *survey, struct slice name)
{
    uint32_t number = name_number(survey, name);

    if (survey->in_record > 0 && number == survey->first_name)
        end_record(survey);
    if (survey->in_record == 0) {
        survey->records++;
        survey->first_name = number;
    }
    survey->again += survey->last_record[number] == survey->records;
    survey->last_record[number] = survey->records;
    survey->in_record++;
    survey->pairs++;
}

static bool is_labelled(const struct survey *survey)
{
    uint64_t room = (uint64_t)survey->records * survey->name_count;

    return survey->records >= RECORDS_MIN && survey->name_count >= 2 && survey->lost == 0
           && survey->full_records * 5 >= survey->records * 4 && survey->again * 10 <= survey->pairs
           && survey->pairs * 2ull >= room && survey->others * 2 <= survey->pairs;
}

static struct slice next_line(struct slice *text)
{
    const char *mark = memchr(text->data, '\n', text->length);
    size_t length = mark ? (size_t)(mark - text->data) : text->length;
    struct slice line = slice_make(text->data, length);

    *text = slice_skip(*text, mark ? length + 1 : length);
    return line;
}

static bool is_blocks(struct slice sample)
{
    struct survey survey = {0};
    struct slice name, value;

    for (uint32_t i = 0; i < LINES_MAX && sample.length > 0; i++) {
        struct slice line = next_line(&sample);

        if (slice_trim(line).length == 0 || labelled_line_parts(line))
            end_record(&survey);
        else if (labelled_line_split(line, &name, &value))
            add_pair(&survey, name);
        else
            survey.others++;
    }
    end_record(&survey);
    return is_labelled(&survey);
}

static bool is_lines(struct slice sample)
{
    struct survey survey = {0};
    struct slice name, value;

    for (uint32_t i = 0; i < LINES_MAX && sample.length > 0; i++) {
        struct slice line = slice_trim(next_line(&sample));
        uint32_t pairs = 0;

        if (line.length == 0)
            continue;
        end_record(&survey);
        while (labelled_line_take(&line, &name, &value)) {
            add_pair(&survey, name);
            pairs++;
        }
        if (pairs < LINE_PAIRS_MIN && ++survey.others * 10 > survey.records)
            return false;
    }
    end_record(&survey);
    return is_labelled(&survey);
}

enum labelled_form labelled_form_of(struct slice sample)
{
    if (is_lines(sample))
        return LABELLED_LINES;
    return is_blocks(sample) ? LABELLED_BLOCKS : LABELLED_NONE;
}
