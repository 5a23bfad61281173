/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "toy_register.h"

#include <stdio.h>
#include <stdlib.h>

#include "register/assemble.h"

#define WORDS_MAX 8

struct toy {
    struct assemble *assemble;
    uint8_t kind;
    int line;
};

static _Noreturn void toy_fail(const struct toy *toy, const char *what, const char *detail)
{
    (void)fprintf(stderr, "toy register, line %d: %s: %s\n", toy->line, what, detail);
    abort();
}

static void must(const struct toy *toy, int r, const struct tq_error *err)
{
    if (r < 0)
        toy_fail(toy, "could not build", err->message);
}

int32_t toy_moment(const char *text)
{
    int year, hour = 0, minute = 0;
    unsigned month, day;
    int got = sscanf(text, "%d-%u-%uT%d:%d", &year, &month, &day, &hour, &minute);

    if (got < 3) {
        (void)fprintf(stderr, "toy register: no moment: %s\n", text);
        abort();
    }
    return days_from_civil(year, month, day) * 1440 + hour * 60 + minute;
}

static size_t split(char *line, const char *marks, char *words[WORDS_MAX])
{
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(line, marks, &rest); word && count < WORDS_MAX;
         word = strtok_r(NULL, marks, &rest)) {
        struct slice trimmed = slice_trim(slice_of(word));

        word[trimmed.data - word + (ptrdiff_t)trimmed.length] = '\0';
        words[count++] = word + (trimmed.data - word);
    }
    return count;
}

static uint8_t kind_named(struct toy *toy, const char *name)
{
    struct tq_error err;
    uint8_t kind = 0;

    must(toy, assemble_kind(toy->assemble, slice_of(name), &kind, &err), &err);
    return kind;
}

static void field_line(struct toy *toy, char *words[WORDS_MAX], size_t count)
{
    struct field_definition definition = {.ref_kind = KIND_NONE};
    struct tq_error err;
    uint16_t field;

    if (count < 5)
        toy_fail(toy, "field needs kind, name, type and category", words[0]);
    definition.kind = kind_named(toy, words[1]);
    definition.name = slice_of(words[2]);
    if (!type_parse(slice_of(words[3]), &definition.type))
        toy_fail(toy, "no such type", words[3]);
    if (!category_parse(slice_of(words[4]), &definition.category))
        toy_fail(toy, "no such category", words[4]);
    for (size_t i = 5; i < count; i++) {
        if (strcmp(words[i], "periodic") == 0)
            definition.periodic = true;
        else if (strncmp(words[i], "to=", 3) == 0)
            definition.ref_kind = kind_named(toy, words[i] + 3);
        else if (strncmp(words[i], "check=", 6) == 0)
            definition.check = slice_of(words[i] + 6);
        else
            toy_fail(toy, "no such option of a field", words[i]);
    }
    must(toy, assemble_field(toy->assemble, &definition, &field, &err), &err);
}

static void interval(struct toy *toy, char *text, int32_t *out_from, int32_t *out_to)
{
    char *dots = strstr(text, "..");

    if (!dots)
        toy_fail(toy, "an interval is FROM..TO", text);
    *dots = '\0';
    if (*text)
        *out_from = toy_moment(text);
    if (dots[2])
        *out_to = toy_moment(dots + 2);
}

static void option(struct toy *toy, char *text, struct fact *fact)
{
    int year;
    unsigned month;

    if (strncmp(text, "known ", 6) == 0)
        interval(toy, text + 6, &fact->known_from, &fact->known_to);
    else if (strncmp(text, "valid ", 6) == 0)
        interval(toy, text + 6, &fact->valid_from, &fact->valid_to);
    else if (sscanf(text, "period %d-%u", &year, &month) == 2)
        fact->period = month_number(year, month);
    else
        toy_fail(toy, "no such option of a fact", text);
}

static uint16_t field_named(const struct toy *toy, const char *name)
{
    uint16_t field = assemble_find_field(toy->assemble, toy->kind, slice_of(name));

    if (field == FIELD_NONE)
        toy_fail(toy, "no such field of this kind", name);
    return field;
}

static void fact_line(struct toy *toy, char *words[WORDS_MAX], size_t count)
{
    struct fact fact = {.known_from = MOMENT_MIN,
                        .known_to = MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};
    struct tq_error err;
    bool usable = false;

    if (count < 3)
        toy_fail(toy, "a fact needs subject | field | value", words[0]);
    for (size_t i = 3; i < count; i++)
        option(toy, words[i], &fact);
    must(toy, assemble_subject(toy->assemble, toy->kind, slice_of(words[0]), &fact.subject, &err),
         &err);
    must(toy,
         assemble_fact(toy->assemble, field_named(toy, words[1]), slice_of(words[2]), &fact,
                       &usable, &err),
         &err);
    if (!usable)
        toy_fail(toy, "a value without canonical form", words[2]);
}

static void definition_line(struct toy *toy, char *words[WORDS_MAX], size_t count)
{
    struct tq_error err;
    uint32_t subject;

    if (strcmp(words[0], "kind") == 0 && count == 2)
        toy->kind = kind_named(toy, words[1]);
    else if (strcmp(words[0], "field") == 0)
        field_line(toy, words, count);
    else if (strcmp(words[0], "subject") == 0 && count == 3)
        must(toy,
             assemble_subject(toy->assemble, kind_named(toy, words[1]), slice_of(words[2]),
                              &subject, &err),
             &err);
    else if (strcmp(words[0], "country") != 0 && strcmp(words[0], "timezone") != 0)
        toy_fail(toy, "no such line", words[0]);
}

/* What follows `name` on the line that starts with it, or "". */
static struct slice head_word(const char *text, const char *name)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, " \t\n");
        if (strncmp(line, name, strlen(name)) == 0)
            return slice_trim(slice_make(line + strlen(name), strcspn(line, "\n") - strlen(name)));
        if (!*line)
            break;
    }
    return SLICE_LITERAL("");
}

struct reg *toy_register(const char *text)
{
    struct assemble_head head = {.name = SLICE_LITERAL("toy"),
                                 .country_code = head_word(text, "country "),
                                 .timezone = head_word(text, "timezone "),
                                 .fingerprint_key = "toy register key"};
    struct toy toy = {0};
    struct reg *reg = NULL;
    struct tq_error err;
    char *copy = strdup(text), *rest = NULL;

    must(&toy, assemble_new(&head, &toy.assemble, &err), &err);
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        bool is_fact = strchr(line, '|') != NULL;
        char *words[WORDS_MAX] = {0};
        size_t count = split(line, is_fact ? "|" : " \t", words);

        toy.line++;
        if (count == 0 || words[0][0] == '#')
            continue;
        if (is_fact)
            fact_line(&toy, words, count);
        else
            definition_line(&toy, words, count);
    }
    must(&toy, assemble_finish(toy.assemble, FINISH_TO_ASK, 1, &reg, &err), &err);
    (void)assemble_free(toy.assemble);
    free(copy);
    return reg;
}

uint16_t toy_field(const struct reg *reg, const char *kind, const char *name)
{
    uint16_t field = reg_find_field(reg, reg_find_kind(reg, slice_of(kind)), slice_of(name));

    if (field == FIELD_NONE) {
        (void)fprintf(stderr, "toy register: no field %s of kind %s\n", name, kind);
        abort();
    }
    return field;
}

uint32_t toy_subject(const struct reg *reg, const char *kind, const char *key)
{
    uint32_t subject = reg_find_subject(reg, reg_find_kind(reg, slice_of(kind)), slice_of(key));

    if (subject == SUBJECT_NONE) {
        (void)fprintf(stderr, "toy register: no subject %s of kind %s\n", key, kind);
        abort();
    }
    return subject;
}

struct target toy_target(const struct reg *reg, const char *kind, const char *through,
                         const char *name)
{
    struct target target = {.through = FIELD_NONE};
    uint8_t number = reg_find_kind(reg, slice_of(kind));

    if (through) {
        target.through = toy_field(reg, kind, through);
        number = reg->fields[target.through].ref_kind;
    }
    target.field = toy_field(reg, reg->kinds[number].name, name);
    if (reg->fields[target.field].periodic)
        target.period_mode = PERIOD_ANY;
    return target;
}

uint32_t toy_key(const struct reg *reg, uint16_t field, const char *value)
{
    struct buf scratch = {0};
    const struct field *f = &reg->fields[field];
    uint64_t print = normalise_fingerprint(&reg->normaliser, normalise_register_as(f->type),
                                           slice_of(value), &scratch);

    buf_clear(&scratch);
    return field_find_key(f, print);
}
