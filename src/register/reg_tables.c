/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The tables of a register's description, kept with the register: the mosaic asks for them. */
#include "register/reg_tables.h"

#include <string.h>

/* The register's number of a described field. */
static uint16_t number_of(const struct reg *reg, const struct description *description,
                          uint16_t field)
{
    const struct described_field *described = &description->fields[field];

    return reg_find_field(reg, described->kind, slice_of(described->name));
}

/* The field that the key column feeds, in this table or in another one of the kind. */
static uint16_t find_key_field(const struct reg *reg, const struct description *description,
                               uint8_t kind)
{
    for (size_t i = 0; i < description->table_count; i++) {
        const struct described_table *table = &description->tables[i];

        for (size_t k = 0; table->kind == kind && k < table->column_count; k++) {
            if (strcmp(table->columns[k].header, table->key) == 0)
                return number_of(reg, description, table->columns[k].field);
        }
    }
    return FIELD_NONE;
}

/* Insert in order; two columns may feed one field. */
static void add_field(uint16_t *fields, uint16_t *count, uint16_t field)
{
    uint16_t at = *count;

    if (field == FIELD_NONE)
        return;
    for (uint16_t i = 0; i < *count; i++) {
        if (fields[i] == field)
            return;
    }
    for (; at > 0 && fields[at - 1] > field; at--)
        fields[at] = fields[at - 1];
    fields[at] = field;
    ++*count;
}

static int set_table(struct reg *reg, const struct description *description,
                     const struct described_table *described, struct reg_table *table,
                     struct tq_error *err)
{
    uint16_t *fields = register_file_array(reg->file, described->column_count + 1, sizeof(*fields));

    table->name = register_file_text(reg->file, slice_of(described->name));
    table->key = register_file_text(reg->file, slice_of(described->key));
    if (!fields || !table->name || !table->key)
        return tq_no_memory(err);
    table->kind = described->kind;
    table->periodic = described->period != NULL;
    table->key_field = find_key_field(reg, description, described->kind);
    for (size_t i = 0; i < described->column_count; i++)
        add_field(fields, &table->field_count,
                  number_of(reg, description, described->columns[i].field));
    table->fields = fields;
    return TQ_OK;
}

int reg_tables_set(struct reg *reg, const struct description *description, struct tq_error *err)
{
    size_t count = description->table_count < UINT16_MAX ? description->table_count : UINT16_MAX;
    struct reg_table *tables = register_file_array(reg->file, count + 1, sizeof(*tables));

    if (!tables)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        int r = set_table(reg, description, &description->tables[i], &tables[i], err);

        if (r < 0)
            return r;
    }
    reg->tables = tables;
    reg->table_count = (uint16_t)count;
    return TQ_OK;
}
