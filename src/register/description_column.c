/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/description_column.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "model/date_parts.h"
#include "normalise/scheme.h"

#define SCHEMES_LISTED_MAX 64u

/* A column while it is read; or the columns of a date's parts. */
struct open_column {
    const char *header; /* for complaints, as the description has it */
    size_t part_count;  /* 2: a year and a month; 3: and a day; 0: one column */
    yaml_node_t *node, *field, *type, *category, *check, *country, *to;
};

static int note_field(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->field = value;
    return yaml_want_scalar(reader, value, "field");
}

static int note_type(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->type = value;
    return yaml_want_scalar(reader, value, "type");
}

static int note_category(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->category = value;
    return yaml_want_scalar(reader, value, "category");
}

static int note_check(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->check = value;
    return yaml_want_scalar(reader, value, "check");
}

static int note_country(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->country = value;
    return description_want_country(reader, value);
}

static int note_to(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    ((struct open_column *)target)->to = value;
    return yaml_want_scalar(reader, value, "to");
}

static int parse_type(struct yaml_reader *reader, const struct open_column *column,
                      enum value_type *out_type)
{
    const char *names[TYPE_COUNT];

    for (int i = 0; i < TYPE_COUNT; i++)
        names[i] = type_name((enum value_type)i);
    if (!column->type)
        return yaml_complain(reader, column->node,
                             "column '%s' needs a type, as {field: x, type: id, "
                             "category: identity}",
                             column->header);
    if (!type_parse(yaml_scalar(column->type), out_type))
        return yaml_unknown_word(reader, column->type, "type", names, TYPE_COUNT);
    return TQ_OK;
}

static int parse_category(struct yaml_reader *reader, const struct open_column *column,
                          enum category *out_category)
{
    const char *names[CATEGORY_COUNT];
    CLEANUP(buf_clear_cleanup) struct buf list = {0};

    for (int i = 0; i < CATEGORY_COUNT; i++) {
        names[i] = category_name((enum category)i);
        buf_format(&list, "%s%s", i ? ", " : "", names[i]);
    }
    if (!column->category)
        return yaml_complain(reader, column->node, "column '%s' needs a category: one of %s",
                             column->header, list.data ? list.data : "");
    if (!category_parse(yaml_scalar(column->category), out_category))
        return yaml_unknown_word(reader, column->category, "category", names, CATEGORY_COUNT);
    return TQ_OK;
}

/* Check schemes are rules for the characters of an identifier. */
static bool may_have_check(enum value_type type)
{
    return type == TYPE_ID || type == TYPE_ACCOUNT || type == TYPE_PHONE || type == TYPE_EMAIL
           || type == TYPE_CODE || type == TYPE_TEXT || type == TYPE_REF;
}

static int parse_check(struct yaml_reader *reader, const struct open_column *column,
                       enum value_type type, const char **out_check)
{
    const char *names[SCHEMES_LISTED_MAX];
    size_t count = scheme_count() < SCHEMES_LISTED_MAX ? scheme_count() : SCHEMES_LISTED_MAX;

    if (!column->check)
        return TQ_OK;
    if (!may_have_check(type))
        return yaml_complain(reader, column->check,
                             "'check' is for identifiers, as type id or account, and this column "
                             "has type %s",
                             type_name(type));
    for (size_t i = 0; i < count; i++)
        names[i] = scheme_at(i)->name;
    if (!scheme_find(yaml_scalar(column->check)))
        return yaml_unknown_word(reader, column->check, "check", names, count);
    *out_check = yaml_keep(reader, yaml_scalar(column->check));
    return *out_check ? TQ_OK : tq_no_memory(reader->err);
}

static int parse_reference(struct yaml_reader *reader, const struct open_column *column,
                           enum value_type type, uint8_t *out_kind)
{
    *out_kind = KIND_NONE;
    if (type == TYPE_REF && !column->to)
        return yaml_complain(reader, column->node,
                             "column '%s' is a ref and needs 'to: KIND', one of the subjects",
                             column->header);
    if (type != TYPE_REF && column->to)
        return yaml_complain(reader, column->to,
                             "'to' is for type ref, and this column has type %s", type_name(type));
    if (!column->to)
        return TQ_OK;
    return description_read_kind(reader, column->to, "kind of subject", out_kind);
}

/* Only dates and months have parts. */
static int check_parts(struct yaml_reader *reader, const struct open_column *column,
                       enum value_type type)
{
    enum value_type wanted = column->part_count == DATE_PARTS_MAX ? TYPE_DATE : TYPE_MONTH;

    if (column->part_count == 0 || type == wanted)
        return TQ_OK;
    return yaml_complain(
        reader, column->type, "the columns %s are those of a %s, so type %s is wanted, not %s",
        column->header, wanted == TYPE_DATE ? "year, a month and a day" : "year and a month",
        type_name(wanted), type_name(type));
}

/* The field of this kind and name, made if it is new; all columns that feed it must agree. */
static int add_field(struct yaml_reader *reader, const struct open_column *column,
                     const struct described_field *field, uint16_t *out_number)
{
    struct description *description = reader->description;
    int r;

    for (size_t i = 0; i < description->field_count; i++) {
        struct described_field *there = &description->fields[i];

        if (there->kind != field->kind || strcmp(there->name, field->name) != 0)
            continue;
        if (there->type != field->type)
            return yaml_complain(reader, column->type, "field '%s' has type %s in line %u, here %s",
                                 field->name, type_name(there->type), there->line,
                                 type_name(field->type));
        if (there->category != field->category)
            return yaml_complain(reader, column->category,
                                 "field '%s' has category %s in line %u, here %s", field->name,
                                 category_name(there->category), there->line,
                                 category_name(field->category));
        if (there->ref_kind != field->ref_kind)
            return yaml_complain(reader, column->to, "field '%s' refers to %s in line %u",
                                 field->name, description->kinds[there->ref_kind], there->line);
        if (there->periodic != field->periodic)
            return yaml_complain(reader, column->node,
                                 "field '%s' is %s a period in line %u, here it is the other way",
                                 field->name, there->periodic ? "given with" : "without",
                                 there->line);
        if (there->check && field->check && strcmp(there->check, field->check) != 0)
            return yaml_complain(reader, column->check, "field '%s' has check %s in line %u",
                                 field->name, there->check, there->line);
        if (!there->check)
            there->check = field->check;
        *out_number = (uint16_t)i;
        return TQ_OK;
    }
    if (description->field_count == REGISTER_FIELDS_MAX)
        return yaml_complain(reader, column->node, "more than %u fields", REGISTER_FIELDS_MAX);
    r = alloc_reserve(&description->fields, &description->field_capacity,
                      description->field_count + 1, sizeof(*description->fields), reader->err);
    if (r < 0)
        return r;
    *out_number = (uint16_t)description->field_count;
    description->fields[description->field_count++] = *field;
    return TQ_OK;
}

static int parse_field(struct yaml_reader *reader, const struct described_table *table,
                       const struct open_column *column, uint16_t *out_field)
{
    struct described_field field = {.kind = table->kind,
                                    .periodic = table->period != NULL,
                                    .line = (unsigned)column->node->start_mark.line + 1};
    int r;

    if (!column->field)
        return yaml_complain(reader, column->node,
                             "column '%s' needs a field: the word by which the "
                             "register calls it",
                             column->header);
    r = yaml_read_word(reader, column->field, "the name of a field", &field.name);
    if (r < 0)
        return r;
    r = parse_type(reader, column, &field.type);
    if (r < 0)
        return r;
    r = check_parts(reader, column, field.type);
    if (r < 0)
        return r;
    r = parse_category(reader, column, &field.category);
    if (r < 0)
        return r;
    r = parse_check(reader, column, field.type, &field.check);
    if (r < 0)
        return r;
    r = parse_reference(reader, column, field.type, &field.ref_kind);
    if (r < 0)
        return r;
    return add_field(reader, column, &field, out_field);
}

/* The columns of a date: [year, month, day], or [year, month]. */
static int read_part_headers(struct yaml_reader *reader, const yaml_node_t *key,
                             struct open_column *column, struct described_column *out)
{
    const char **const headers[DATE_PARTS_MAX] = {&out->header, &out->month, &out->day};
    CLEANUP(buf_clear_cleanup) struct buf shown = {0};
    size_t count = (size_t)(key->data.sequence.items.top - key->data.sequence.items.start);

    if (count < 2 || count > DATE_PARTS_MAX)
        return yaml_complain(reader, key,
                             "the columns of a date are those of its year, month and day, as "
                             "[year, month, day]; of a month, [year, month]");
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *node =
            yaml_document_get_node(reader->document, key->data.sequence.items.start[i]);
        int r = yaml_read_text(reader, node, "the header of a column", headers[i]);

        if (r < 0)
            return r;
        buf_format(&shown, "%s%s", i ? ", " : "[", *headers[i]);
    }
    buf_add_text(&shown, "]");
    if (shown.failed)
        return buf_check(&shown, reader->err);
    column->part_count = count;
    column->header = yaml_keep(reader, buf_slice(&shown));
    return column->header ? TQ_OK : tq_no_memory(reader->err);
}

static int read_headers(struct yaml_reader *reader, const yaml_node_t *key,
                        struct open_column *column, struct described_column *out)
{
    int r;

    if (key->type == YAML_SEQUENCE_NODE)
        return read_part_headers(reader, key, column, out);
    r = yaml_read_text(reader, key, "the header of a column", &column->header);
    out->header = column->header;
    return r;
}

static int read_column(struct yaml_reader *reader, const struct described_table *table,
                       yaml_node_t *key, yaml_node_t *value, struct described_column *out)
{
    static const struct yaml_key rules[] = {{"field", note_field},       {"type", note_type},
                                            {"category", note_category}, {"check", note_check},
                                            {"country", note_country},   {"to", note_to}};
    struct open_column column = {.node = key};
    int r = read_headers(reader, key, &column, out);

    if (r < 0)
        return r;
    r = yaml_read_mapping(reader, value, "key of a column", rules, sizeof(rules) / sizeof(rules[0]),
                          &column);
    if (r < 0)
        return r;
    out->line = (unsigned)key->start_mark.line + 1;
    if (column.country)
        out->country = country_find(yaml_scalar(column.country));
    return parse_field(reader, table, &column, &out->field);
}

int description_read_columns(struct yaml_reader *reader, const yaml_node_t *node,
                             struct described_table *table)
{
    size_t count;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node,
                             "columns must be a mapping of headers, as "
                             "nom: {field: family_name, type: family-name, ...}");
    count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    if (count == 0 || count > REGISTER_FIELDS_MAX)
        return yaml_complain(reader, node, "between 1 and %u columns are wanted",
                             REGISTER_FIELDS_MAX);
    table->columns = arena_alloc(&reader->description->arena, count, sizeof(*table->columns));
    if (!table->columns)
        return tq_no_memory(reader->err);
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
        yaml_node_t *value = yaml_document_get_node(reader->document, pair->value);
        int r = yaml_refuse_repeated_key(reader, node, pair);

        if (r < 0)
            return r;
        r = read_column(reader, table, key, value, &table->columns[table->column_count]);
        if (r < 0)
            return r;
        table->column_count++;
    }
    return TQ_OK;
}
