/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/assemble.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/country.h"
#include "register/assemble_state.h"

#define AHEAD 16u /* look-ups in flight; the slots of a large dictionary are not in any cache */

DEFINE_CLEANUP(struct assemble *, assemble_free)

void growing_field_clear(struct growing_field *field)
{
    dictionary_clear(&field->values);
    text_list_clear(&field->forms);
    dictionary_clear(&field->keys);
    free(TAKE(field->value_key));
    fact_history_clear(&field->history);
    fact_list_clear(&field->facts);
    buf_clear(&field->scratch);
}

struct assemble *assemble_free(struct assemble *assemble)
{
    if (!assemble)
        return NULL;
    for (uint8_t i = 0; i < assemble->kind_count; i++) {
        dictionary_clear(&assemble->kinds[i].subjects);
        free(assemble->kinds[i].rank);
    }
    for (uint16_t i = 0; i < assemble->field_count; i++)
        growing_field_clear(&assemble->fields[i]);
    free(assemble->fields);
    arena_clear(&assemble->arena);
    free(assemble);
    return NULL;
}

/* A copy in the arena, also usable as a C string. */
static bool copy_text(struct assemble *assemble, struct slice *text)
{
    char *copy = arena_text(&assemble->arena, *text);

    text->data = copy;
    return copy != NULL;
}

int assemble_new(const struct assemble_head *head, struct assemble **out_assemble,
                 struct tq_error *err)
{
    CLEANUP(assemble_free_cleanup) struct assemble *assemble = alloc_zeroed(1, sizeof(*assemble));

    if (!assemble)
        return tq_no_memory(err);
    assemble->fields = alloc_zeroed(REGISTER_FIELDS_MAX, sizeof(*assemble->fields));
    if (!assemble->fields)
        return tq_no_memory(err);
    assemble->head = *head;
    if (!copy_text(assemble, &assemble->head.name)
        || !copy_text(assemble, &assemble->head.country_code)
        || !copy_text(assemble, &assemble->head.timezone))
        return tq_no_memory(err);
    assemble->normaliser.country = country_find(head->country_code);
    memcpy(assemble->normaliser.key, head->fingerprint_key, SIPHASH_KEY_BYTES);
    *out_assemble = TAKE(assemble);
    return TQ_OK;
}

const struct normaliser *assemble_normaliser(const struct assemble *assemble)
{
    return &assemble->normaliser;
}

int assemble_kind(struct assemble *assemble, struct slice name, uint8_t *out_kind,
                  struct tq_error *err)
{
    struct growing_kind *kind;

    for (uint8_t i = 0; i < assemble->kind_count; i++) {
        if (!slice_is(name, assemble->kinds[i].name))
            continue;
        *out_kind = i;
        return TQ_OK;
    }
    if (assemble->kind_count == REGISTER_KINDS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u kinds of subjects", REGISTER_KINDS_MAX);
    kind = &assemble->kinds[assemble->kind_count];
    kind->name = arena_text(&assemble->arena, name);
    if (!kind->name)
        return tq_no_memory(err);
    *out_kind = assemble->kind_count++;
    return TQ_OK;
}

static bool same_definition(const struct field_definition *a, const struct field_definition *b)
{
    return a->type == b->type && a->category == b->category && a->ref_kind == b->ref_kind
           && a->periodic == b->periodic && slice_equal(a->check, b->check);
}

static int add_field(struct assemble *assemble, const struct field_definition *definition,
                     uint16_t *out_field, struct tq_error *err)
{
    struct growing_field *field = &assemble->fields[assemble->field_count];

    if (assemble->field_count == REGISTER_FIELDS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u fields", REGISTER_FIELDS_MAX);
    field->definition = *definition;
    field->facts.has_period = definition->periodic;
    if (!copy_text(assemble, &field->definition.name)
        || !copy_text(assemble, &field->definition.check))
        return tq_no_memory(err);
    *out_field = assemble->field_count++;
    return TQ_OK;
}

uint16_t assemble_find_field(const struct assemble *assemble, uint8_t kind, struct slice name)
{
    for (uint16_t i = 0; i < assemble->field_count; i++) {
        const struct field_definition *definition = &assemble->fields[i].definition;

        if (definition->kind == kind && slice_equal(definition->name, name))
            return i;
    }
    return FIELD_NONE;
}

int assemble_field(struct assemble *assemble, const struct field_definition *definition,
                   uint16_t *out_field, struct tq_error *err)
{
    uint16_t there = assemble_find_field(assemble, definition->kind, definition->name);

    assert(definition->kind < assemble->kind_count);
    assert((definition->type == TYPE_REF) == (definition->ref_kind < assemble->kind_count));
    if (there == FIELD_NONE)
        return add_field(assemble, definition, out_field, err);
    if (!same_definition(&assemble->fields[there].definition, definition))
        return tq_fail(err, TQ_E_USAGE, "field '%s' is defined in two ways",
                       assemble->fields[there].definition.name.data);
    *out_field = there;
    return TQ_OK;
}

int assemble_derived(struct assemble *assemble, uint8_t kind, uint16_t *out_field,
                     struct tq_error *err)
{
    struct field_definition definition = {.name = SLICE_LITERAL("full_name"),
                                          .type = TYPE_FULL_NAME,
                                          .category = CATEGORY_IDENTITY,
                                          .kind = kind,
                                          .ref_kind = KIND_NONE};
    int r;

    if (assemble_find_field(assemble, kind, definition.name) != FIELD_NONE)
        definition.name = SLICE_LITERAL("family_and_given_name"); /* the name is taken */
    r = add_field(assemble, &definition, out_field, err);
    if (r < 0)
        return r;
    assemble->fields[*out_field].derived = true;
    return TQ_OK;
}

int assemble_subject(struct assemble *assemble, uint8_t kind, struct slice key,
                     uint32_t *out_subject, struct tq_error *err)
{
    struct dictionary *subjects = &assemble->kinds[kind].subjects;

    assert(key.length > 0);
    if (subjects->count >= REGISTER_SUBJECTS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u subjects", REGISTER_SUBJECTS_MAX);
    return dictionary_add(subjects, key, out_subject, err);
}

/* The subject of a key of which `found` says what the dictionary had some rows ago. */
static int subject_of(struct assemble *assemble, uint8_t kind, struct slice key, uint32_t hash,
                      uint32_t found, uint32_t *out_subject, struct tq_error *err)
{
    *out_subject = found;
    if (key.length == 0 || found != TEXT_NONE)
        return TQ_OK;
    *out_subject = dictionary_find(&assemble->kinds[kind].subjects, key, hash);
    if (*out_subject != TEXT_NONE)
        return TQ_OK;
    return assemble_subject(assemble, kind, key, out_subject, err);
}

int assemble_subjects(struct assemble *assemble, uint8_t kind, const struct slice *keys,
                      size_t count, uint32_t *out_subjects, struct tq_error *err)
{
    uint32_t hashes[DICTIONARY_BLOCK], found[DICTIONARY_BLOCK];

    for (size_t first = 0; first < count; first += DICTIONARY_BLOCK) {
        size_t block = count - first < DICTIONARY_BLOCK ? count - first : DICTIONARY_BLOCK;

        dictionary_find_block(&assemble->kinds[kind].subjects, keys + first, block, hashes, found);
        for (size_t i = 0; i < block; i++) {
            int r = subject_of(assemble, kind, keys[first + i], hashes[i], found[i],
                               &out_subjects[first + i], err);

            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

/* The canonical form of the value that comes next. The first that is another text than its value
 * shows that forms are to be kept; those of the values so far are they themselves. */
static int add_form(struct growing_field *field, struct slice form, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = field->forms.count; i < field->values.count && r == TQ_OK; i++)
        r = text_list_add(&field->forms, dictionary_text(&field->values, i), err);
    if (r == TQ_OK)
        r = text_list_add(&field->forms, form, err);
    field->has_forms = r == TQ_OK;
    return r;
}

static struct slice form_of(const struct growing_field *field, uint32_t value)
{
    return field->has_forms ? text_list_get(&field->forms, value)
                            : dictionary_text(&field->values, value);
}

int growing_field_make_keys(struct growing_field *field, struct tq_error *err)
{
    uint32_t count = field->values.count, hashes[AHEAD];
    int r = dictionary_reserve(&field->keys, count, err);

    if (r < 0)
        return r;
    field->value_key = alloc_resize(NULL, (size_t)count + 1, sizeof(*field->value_key));
    if (!field->value_key)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count && i < AHEAD; i++)
        hashes[i] = dictionary_hash(form_of(field, i));
    for (uint32_t i = 0; i < count && r == TQ_OK; i++) {
        uint32_t hash = hashes[i % AHEAD];

        if (i + AHEAD < count) {
            hashes[i % AHEAD] = dictionary_hash(form_of(field, i + AHEAD));
            dictionary_prefetch(&field->keys, hashes[i % AHEAD]);
        }
        r = dictionary_add_hashed(&field->keys, form_of(field, i), hash, &field->value_key[i], err);
    }
    text_list_clear(&field->forms);
    return r;
}

/* A value that is not there, with its canonical form. */
static int insert_value(struct growing_field *field, struct slice value, uint32_t hash,
                        struct slice form, uint32_t *out_number, struct tq_error *err)
{
    if (field->has_forms || !slice_equal(form, value)) {
        int r = add_form(field, form, err);

        if (r < 0)
            return r;
    }
    return dictionary_insert(&field->values, value, hash, out_number, err);
}

/* A value seen for the first time; TEXT_NONE if it has no canonical form. */
static int new_value(const struct assemble *assemble, struct growing_field *field,
                     struct slice value, uint32_t hash, uint32_t *out_number, struct tq_error *err)
{
    bool has_form;
    int r;

    buf_empty(&field->scratch);
    has_form = normalise(&assemble->normaliser, normalise_register_as(field->definition.type),
                         value, &field->scratch);
    r = buf_check(&field->scratch, err);
    if (r < 0)
        return r;
    if (has_form)
        return insert_value(field, value, hash, buf_slice(&field->scratch), out_number, err);
    *out_number = TEXT_NONE;
    return TQ_OK;
}

/* The number of a value of the field, new or not; FACT_VALUE_NONE: it has no canonical form. */
static int number_value(const struct assemble *assemble, struct growing_field *field,
                        struct slice value, uint32_t hash, uint32_t *out_number,
                        struct tq_error *err)
{
    *out_number = dictionary_find(&field->values, value, hash);
    if (*out_number != TEXT_NONE)
        return TQ_OK;
    return new_value(assemble, field, value, hash, out_number, err);
}

int assemble_fact(struct assemble *assemble, uint16_t field, struct slice value,
                  const struct fact *fact, bool *out_usable, struct tq_error *err)
{
    struct growing_field *growing = &assemble->fields[field];
    struct fact whole = *fact;
    int r = number_value(assemble, growing, value, dictionary_hash(value), &whole.value, err);

    assert((fact->period != MONTH_NONE) == growing->definition.periodic);
    if (r < 0)
        return r;
    *out_usable = whole.value != TEXT_NONE;
    return *out_usable ? fact_list_add(&growing->facts, &whole, err) : TQ_OK;
}

/* The number of a value of which `found` says what the dictionary had a block ago. */
static int value_in_block(const struct assemble *assemble, struct growing_field *growing,
                          struct slice value, uint32_t hash, uint32_t found, uint32_t *out_number,
                          bool *out_usable, struct tq_error *err)
{
    int r = TQ_OK;

    *out_number = found;
    if (found == TEXT_NONE)
        r = number_value(assemble, growing, value, hash, out_number, err);
    *out_usable = r == TQ_OK && *out_number != FACT_VALUE_NONE;
    return r;
}

int assemble_facts(struct assemble *assemble, uint16_t field, const struct slice *values,
                   const struct fact *facts, size_t count, struct tq_error *err)
{
    struct growing_field *growing = &assemble->fields[field];
    uint32_t hashes[DICTIONARY_BLOCK], found[DICTIONARY_BLOCK];
    int r = TQ_OK;

    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        size_t left = count - i, at = i % DICTIONARY_BLOCK;
        struct fact fact = facts[i];
        bool usable;

        if (at == 0)
            dictionary_find_block(&growing->values, values + i,
                                  left < DICTIONARY_BLOCK ? left : DICTIONARY_BLOCK, hashes, found);
        r = value_in_block(assemble, growing, values[i], hashes[at], found[at], &fact.value,
                           &usable, err);
        if (usable)
            r = fact_list_add(&growing->facts, &fact, err);
    }
    return r;
}

int assemble_rows(const struct fact *facts, size_t count, struct fact_rows **out_rows,
                  struct tq_error *err)
{
    struct fact_rows *rows = fact_rows_new((uint32_t)count);
    int r = rows ? TQ_OK : tq_no_memory(err);

    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = fact_rows_add(rows, &facts[i], err);
    if (r < 0) {
        (void)fact_rows_let_go(rows);
        return r;
    }
    *out_rows = rows;
    return TQ_OK;
}

/* The numbers of a column's values. */
static int number_values(const struct assemble *assemble, struct growing_field *growing,
                         const struct slice *values, const struct fact_rows *rows,
                         uint32_t *numbers, bool *usable, struct tq_error *err)
{
    uint32_t hashes[DICTIONARY_BLOCK], found[DICTIONARY_BLOCK];

    for (size_t i = 0; i < rows->count; i++) {
        size_t left = rows->count - i, at = i % DICTIONARY_BLOCK;
        int r;

        if (at == 0)
            dictionary_find_block(&growing->values, values + i,
                                  left < DICTIONARY_BLOCK ? left : DICTIONARY_BLOCK, hashes, found);
        usable[i] = true;
        numbers[i] = FACT_VALUE_NONE;
        if (values[i].length == 0 || rows->subject[i] == SUBJECT_NONE)
            continue;
        r = value_in_block(assemble, growing, values[i], hashes[at], found[at], &numbers[i],
                           &usable[i], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int assemble_column(struct assemble *assemble, uint16_t field, const struct slice *values,
                    struct fact_rows *rows, bool *usable, struct tq_error *err)
{
    struct growing_field *growing = &assemble->fields[field];
    CLEANUP(free_cleanup)
    uint32_t *numbers = alloc_resize(NULL, (size_t)rows->count + 1, sizeof(*numbers));
    int r;

    if (!numbers)
        return tq_no_memory(err);
    r = number_values(assemble, growing, values, rows, numbers, usable, err);
    return r < 0 ? r : fact_list_add_column(&growing->facts, rows, numbers, err);
}

/* ---- what was there before ---- */

void assemble_set_past(struct assemble *assemble, assemble_past *past, void *state)
{
    assemble->past = past;
    assemble->past_state = state;
}

_Static_assert(SUBJECT_NONE == TEXT_NONE, "one that a dictionary does not have");

uint32_t assemble_find_subject(const struct assemble *assemble, uint8_t kind, struct slice key)
{
    return dictionary_find(&assemble->kinds[kind].subjects, key, dictionary_hash(key));
}

/* ---- dated exports ---- */

int assemble_export_column(struct assemble *assemble, uint16_t field, const struct slice *values,
                           const struct fact_rows *rows, bool *usable, struct tq_error *err)
{
    struct growing_field *growing = &assemble->fields[field];
    CLEANUP(free_cleanup)
    uint32_t *numbers = alloc_resize(NULL, (size_t)rows->count + 1, sizeof(*numbers));
    int r;

    if (!numbers)
        return tq_no_memory(err);
    r = number_values(assemble, growing, values, rows, numbers, usable, err);
    for (uint32_t i = 0; i < rows->count && r == TQ_OK; i++) {
        struct fact fact = fact_rows_get(rows, i);

        fact.value = numbers[i];
        if (fact.value != FACT_VALUE_NONE)
            r = fact_history_add(&growing->history, &growing->facts, &fact, err);
    }
    return r;
}

void assemble_end_exports(struct assemble *assemble)
{
    for (uint16_t i = 0; i < assemble->field_count; i++)
        fact_history_clear(&assemble->fields[i].history);
}
