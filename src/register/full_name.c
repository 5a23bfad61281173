/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/full_name.h"

#include <stdlib.h>
#include <unicode/uscript.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "normalise/name_word.h"
#include "normalise/text.h"

#define WAITING_MAX 64u /* names */

/* A name that a subject holds, and when. */
struct held_name {
    struct slice text;
    UScriptCode script;
    uint16_t field;
    struct fact time;
};

struct name_list {
    struct held_name *items;
    size_t count, capacity;
};

static void name_list_clear_cleanup(struct name_list *list)
{
    free(list->items);
}

static bool is_name_field(const struct field *field, enum value_type type)
{
    return field->type == type && !field->periodic && !field->derived;
}

/* The script of the first letter; USCRIPT_COMMON if there is none. */
static UScriptCode script_of(struct slice text)
{
    while (text.length) {
        UErrorCode status = U_ZERO_ERROR;
        uint32_t c = utf8_next(&text);
        UScriptCode script =
            c == UTF8_INVALID ? USCRIPT_COMMON : uscript_getScript((UChar32)c, &status);

        if (U_SUCCESS(status) && script != USCRIPT_COMMON && script != USCRIPT_INHERITED
            && script != USCRIPT_UNKNOWN)
            return script;
    }
    return USCRIPT_COMMON;
}

static struct fact time_of(const struct field *field, uint64_t i)
{
    return (struct fact){.period = MONTH_NONE,
                         .known_from = field->known_from ? field->known_from[i] : MOMENT_MIN,
                         .known_to = field->known_to ? field->known_to[i] : MOMENT_MAX,
                         .valid_from = field->valid_from ? field->valid_from[i] : MOMENT_MIN,
                         .valid_to = field->valid_to ? field->valid_to[i] : MOMENT_MAX};
}

/* The scripts of the values of each field that is a name of the kind; NULL for other fields. */
struct name_scripts {
    UScriptCode **of; /* owned, by number of the field */
    uint16_t field_count;
};

static void name_scripts_clear_cleanup(struct name_scripts *scripts)
{
    for (uint16_t f = 0; scripts->of && f < scripts->field_count; f++)
        free(scripts->of[f]);
    free(scripts->of);
}

/* Names repeat: there are fewer to look at than subjects who hold them. */
static int find_scripts(const struct reg *reg, uint8_t kind, struct name_scripts *scripts,
                        struct tq_error *err)
{
    const struct kind *k = &reg->kinds[kind];

    scripts->of = alloc_zeroed(reg->field_count, sizeof(*scripts->of));
    if (!scripts->of)
        return tq_no_memory(err);
    scripts->field_count = reg->field_count;
    for (uint16_t f = k->field_first; f < k->field_first + k->field_count; f++) {
        const struct field *field = &reg->fields[f];

        if (!is_name_field(field, TYPE_FAMILY_NAME) && !is_name_field(field, TYPE_GIVEN_NAME))
            continue;
        scripts->of[f] = alloc_resize(NULL, (size_t)field->value_count + 1, sizeof(UScriptCode));
        if (!scripts->of[f])
            return tq_no_memory(err);
        for (uint32_t i = 0; i < field->value_count; i++)
            scripts->of[f][i] = script_of(field_value_text(field, i));
    }
    return TQ_OK;
}

static int list_names(const struct reg *reg, const struct name_scripts *scripts, uint8_t kind,
                      enum value_type type, uint32_t subject, struct name_list *list,
                      struct tq_error *err)
{
    const struct kind *k = &reg->kinds[kind];

    list->count = 0;
    for (uint16_t f = k->field_first; f < k->field_first + k->field_count; f++) {
        const struct field *field = &reg->fields[f];

        if (!is_name_field(field, type))
            continue;
        for (uint64_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
            uint32_t value = field->fact_value[i];
            int r = alloc_reserve(&list->items, &list->capacity, list->count + 1,
                                  sizeof(*list->items), err);

            if (r < 0)
                return r;
            list->items[list->count++] = (struct held_name){
                field_value_text(field, value), scripts->of[f][value], f, time_of(field, i)};
        }
    }
    return TQ_OK;
}

static bool scripts_differ(const struct held_name *a, const struct held_name *b)
{
    return a->script != b->script && a->script != USCRIPT_COMMON && b->script != USCRIPT_COMMON;
}

static int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* When both held; false: never. */
static bool intersect(const struct fact *a, const struct fact *b, struct fact *out)
{
    *out = (struct fact){.period = MONTH_NONE,
                         .known_from = later(a->known_from, b->known_from),
                         .known_to = earlier(a->known_to, b->known_to),
                         .valid_from = later(a->valid_from, b->valid_from),
                         .valid_to = earlier(a->valid_to, b->valid_to)};
    return out->known_from < out->known_to && out->valid_from < out->valid_to;
}

struct joiner {
    struct assemble *assemble;
    struct name_scripts scripts;
    uint16_t field;
    struct name_list family, given;
    struct buf text;           /* of the names that wait, one after the other */
    size_t begin;              /* of the name that is made */
    struct buf turned, folded; /* scratch */
    struct slice names[WAITING_MAX];
    struct fact times[WAITING_MAX];
    size_t ends[WAITING_MAX];
    size_t waiting;
};

/* Add the names that wait. */
static int add_waiting(struct joiner *joiner, struct tq_error *err)
{
    size_t count = joiner->waiting, begin = 0;
    int r = buf_check(&joiner->text, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        joiner->names[i] = slice_make(joiner->text.data + begin, joiner->ends[i] - begin);
        begin = joiner->ends[i];
    }
    r = assemble_facts(joiner->assemble, joiner->field, joiner->names, joiner->times, count, err);
    buf_empty(&joiner->text);
    joiner->waiting = 0;
    return r;
}

static void begin_name(struct joiner *joiner)
{
    joiner->text.length = joiner->begin = joiner->waiting ? joiner->ends[joiner->waiting - 1] : 0;
}

/* Whether the last word would be joined to whatever comes after it. */
static bool ends_with_particle(struct slice name, struct buf *folded)
{
    struct slice rest, word = {0};

    buf_empty(folded);
    text_fold(name, folded);
    rest = buf_slice(folded);
    while (text_next_word(&rest, &word))
        ;
    return name_particle(word) != PARTICLE_NONE;
}

/* The name that was made. It waits for others, as each has to be found in a large dictionary. */
static int keep_waiting(struct joiner *joiner, const struct fact *when, struct tq_error *err)
{
    joiner->times[joiner->waiting] = *when;
    joiner->ends[joiner->waiting++] = joiner->text.length;
    return joiner->waiting == WAITING_MAX ? add_waiting(joiner, err) : TQ_OK;
}

/*
 * Add the name that was made, whose first `family_length` bytes are family names. "Paz Bou" and
 * "Celia" are also "Celia Paz Bou": Bou belongs to no word after it there.
 */
static int add_name(struct joiner *joiner, uint32_t subject, size_t family_length, struct fact when,
                    struct tq_error *err)
{
    struct slice family, given;
    bool turns;
    int r = buf_check(&joiner->text, err);

    if (r < 0)
        return r;
    family = slice_make(joiner->text.data + joiner->begin, family_length);
    given = slice_make(family.data + family_length,
                       joiner->text.length - joiner->begin - family_length);
    turns = ends_with_particle(family, &joiner->folded);
    buf_empty(&joiner->turned);
    if (turns) {
        buf_add_slice(&joiner->turned, slice_trim(given));
        buf_add_byte(&joiner->turned, ' ');
        buf_add_slice(&joiner->turned, family);
    }
    when.subject = subject;
    r = keep_waiting(joiner, &when, err);
    if (r == TQ_OK)
        r = buf_check(&joiner->folded, err);
    if (r == TQ_OK)
        r = buf_check(&joiner->turned, err);
    if (r < 0 || !turns)
        return r;
    begin_name(joiner);
    buf_add_slice(&joiner->text, buf_slice(&joiner->turned));
    return keep_waiting(joiner, &when, err);
}

static void add_part(struct joiner *joiner, struct slice part)
{
    if (joiner->text.length > joiner->begin)
        buf_add_byte(&joiner->text, ' ');
    buf_add_slice(&joiner->text, part);
}

/* Whether a name is of the first field in its script: a middle name, or the father's, is no name of
 * its own beside the family's. Brothers would share it. */
static bool is_of_first_field(const struct name_list *names, const struct held_name *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!scripts_differ(&names->items[i], name))
            return names->items[i].field == name->field;
    }
    return true;
}

/* Add the combinations within one script, or across scripts; their number. */
static int join_pairs(struct joiner *joiner, uint32_t subject, bool across, unsigned *out_count,
                      struct tq_error *err)
{
    unsigned count = 0;

    for (size_t i = joiner->family.count; i-- > 0;) {
        for (size_t j = joiner->given.count; j-- > 0 && count < FULL_NAME_COMBINATIONS_MAX;) {
            const struct held_name *family = &joiner->family.items[i];
            const struct held_name *given = &joiner->given.items[j];
            struct fact both;
            int r;

            if (scripts_differ(family, given) != across || !is_of_first_field(&joiner->given, given)
                || !intersect(&family->time, &given->time, &both))
                continue;
            begin_name(joiner);
            add_part(joiner, family->text);
            add_part(joiner, given->text);
            r = add_name(joiner, subject, family->text.length, both, err);
            if (r < 0)
                return r;
            count++;
        }
    }
    *out_count = count;
    return TQ_OK;
}

static struct slice initial_of(struct slice name)
{
    struct slice rest = name;

    (void)utf8_next(&rest);
    return slice_make(name.data, name.length - rest.length);
}

/* Of each field the newest value that was held together with what `when` has so far, in the script
 * of `with`; of all fields but the first its initial only, if wanted. The number of fields. */
static unsigned add_all_of(struct joiner *joiner, const struct name_list *list,
                           const struct held_name *with, bool initials, struct fact *when)
{
    unsigned fields = 0;

    for (size_t first = 0, end; first < list->count; first = end) {
        for (end = first; end < list->count && list->items[end].field == list->items[first].field;
             end++)
            ;
        for (size_t i = end; i-- > first;) {
            const struct held_name *name =
                with->field == list->items[first].field ? with : &list->items[i];
            struct fact both;

            if (scripts_differ(name, with) || !intersect(when, &name->time, &both))
                continue;
            add_part(joiner, initials && first > 0 ? initial_of(name->text) : name->text);
            *when = both;
            fields++;
            break;
        }
    }
    return fields;
}

/*
 * The names of all fields in one: two surnames and a given name, a middle name. One for each value
 * of each field, so that who changed one of them has the old name too. With `initials` the given
 * names behind the first are initials: "Mary L. Smith".
 */
static int join_whole(struct joiner *joiner, uint32_t subject, const struct name_list *values,
                      bool initials, struct tq_error *err)
{
    unsigned count = 0;

    for (size_t i = values->count; i-- > 0 && count < FULL_NAME_COMBINATIONS_MAX;) {
        const struct held_name *with = &values->items[i];
        struct fact when = with->time;
        unsigned families, givens;
        size_t family_length;
        int r;

        begin_name(joiner);
        if (initials && with->script == USCRIPT_ARABIC)
            continue; /* which has no initials */
        families = add_all_of(joiner, &joiner->family, with, false, &when);
        family_length = joiner->text.length - joiner->begin;
        givens = add_all_of(joiner, &joiner->given, with, initials, &when);
        if (families == 0 || givens == 0 || families + givens < 3 || (initials && givens < 2))
            continue; /* a pair, which is there already */
        r = add_name(joiner, subject, family_length, when, err);
        if (r < 0)
            return r;
        count++;
    }
    return TQ_OK;
}

static bool are_of_one_row(const struct held_name *a, const struct held_name *b)
{
    return a->field == b->field && a->time.known_from == b->time.known_from
           && a->time.known_to == b->time.known_to && a->time.valid_from == b->time.valid_from
           && a->time.valid_to == b->time.valid_to && !scripts_differ(a, b);
}

/* The name and the one before it are the only two of their row. */
static bool ends_pair(const struct name_list *names, size_t i)
{
    const struct held_name *name = &names->items[i];

    return are_of_one_row(name - 1, name) && (i < 2 || !are_of_one_row(name - 2, name))
           && (i + 1 == names->count || !are_of_one_row(name, name + 1));
}

/* Two surnames that stand in two columns of one field. */
static int join_doubles(struct joiner *joiner, uint32_t subject, struct tq_error *err)
{
    const struct name_list *families = &joiner->family;
    unsigned count = 0;

    for (size_t i = 1; i < families->count && count < FULL_NAME_COMBINATIONS_MAX; i++) {
        const struct held_name *name = &families->items[i];
        struct fact when = name->time;
        size_t family_length;
        int r;

        if (!ends_pair(families, i))
            continue;
        begin_name(joiner);
        add_part(joiner, families->items[i - 1].text);
        add_part(joiner, name->text);
        family_length = joiner->text.length - joiner->begin;
        if (add_all_of(joiner, &joiner->given, name, false, &when) == 0)
            continue;
        r = add_name(joiner, subject, family_length, when, err);
        if (r < 0)
            return r;
        count++;
    }
    return TQ_OK;
}

static int join_subject(const struct reg *reg, uint8_t kind, uint32_t subject,
                        struct joiner *joiner, struct tq_error *err)
{
    unsigned count = 0;
    int r =
        list_names(reg, &joiner->scripts, kind, TYPE_FAMILY_NAME, subject, &joiner->family, err);

    if (r < 0)
        return r;
    r = list_names(reg, &joiner->scripts, kind, TYPE_GIVEN_NAME, subject, &joiner->given, err);
    if (r < 0)
        return r;
    r = join_pairs(joiner, subject, false, &count, err);
    if (r == TQ_OK && count == 0)
        r = join_pairs(joiner, subject, true, &count, err);
    if (r == TQ_OK)
        r = join_whole(joiner, subject, &joiner->family, false, err);
    if (r == TQ_OK)
        r = join_whole(joiner, subject, &joiner->given, false, err);
    if (r == TQ_OK)
        r = join_whole(joiner, subject, &joiner->given, true, err);
    return r < 0 ? r : join_doubles(joiner, subject, err);
}

static void joiner_clear_cleanup(struct joiner *joiner)
{
    name_scripts_clear_cleanup(&joiner->scripts);
    name_list_clear_cleanup(&joiner->family);
    name_list_clear_cleanup(&joiner->given);
    buf_clear(&joiner->text);
    buf_clear(&joiner->turned);
    buf_clear(&joiner->folded);
}

int full_name_derive(const struct reg *reg, uint8_t kind, struct assemble *assemble, uint16_t field,
                     struct tq_error *err)
{
    CLEANUP(joiner_clear_cleanup) struct joiner joiner = {.assemble = assemble, .field = field};
    int r = find_scripts(reg, kind, &joiner.scripts, err);

    for (uint32_t subject = 0; subject < reg->kinds[kind].subject_count && r == TQ_OK; subject++)
        r = join_subject(reg, kind, subject, &joiner, err);
    return r < 0 ? r : add_waiting(&joiner, err);
}
