/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/register_block.h"

/* What a register is held against. */
struct block {
    const struct canary_column *column;
    const struct canary_identifiers *identifiers;
    struct buf code; /* of the value looked at */
    struct block_use use;
};

static int test_value(struct block *block, struct slice value, struct tq_error *err)
{
    struct slice code;
    int r;

    buf_empty(&block->code);
    pattern_code(value, &block->code);
    r = buf_check(&block->code, err);
    if (r < 0)
        return r;
    code = buf_slice(&block->code);
    if (!pattern_holds(&block->column->pattern, code))
        return TQ_OK;
    block->use.in_block++;
    block->use.canaries +=
        dictionary_find(&block->identifiers->codes, code, dictionary_hash(code)) != TEXT_NONE;
    return TQ_OK;
}

static bool is_identifier(const struct field *field)
{
    return field->type == TYPE_ID || field->type == TYPE_ACCOUNT || field->type == TYPE_PHONE
           || field->type == TYPE_EMAIL;
}

static int test_field(const struct reg *reg, uint16_t number, struct block *block,
                      struct tq_error *err)
{
    const struct field *field = reg_field(reg, number);
    int r;

    if (!is_identifier(field))
        return TQ_OK;
    r = reg_load_field(reg, number, FIELD_DICTIONARY, err);
    for (uint32_t value = 0; r == TQ_OK && value < field->value_count; value++)
        r = test_value(block, field_value_text(field, value), err);
    return r;
}

static int test_subjects(const struct reg *reg, struct block *block, struct tq_error *err)
{
    int r = reg_load_subjects(reg, err);

    for (uint8_t kind = 0; kind < reg->kind_count; kind++) {
        for (uint32_t i = 0; r == TQ_OK && i < reg->kinds[kind].subject_count; i++)
            r = test_value(block, reg_subject_key(reg, kind, i), err);
    }
    return r;
}

int register_block_use(const struct reg *reg, const struct canary_column *column,
                       const struct canary_identifiers *identifiers, struct block_use *out_use,
                       struct tq_error *err)
{
    struct block block = {.column = column, .identifiers = identifiers};
    int r;

    if (reg->fingerprints_only)
        return tq_fail(err, TQ_E_USAGE,
                       "the register holds fingerprints only: whether people are in the reserved "
                       "block can only be seen in one with values");
    r = test_subjects(reg, &block, err);
    for (uint16_t number = 0; r == TQ_OK && number < reg->field_count; number++)
        r = test_field(reg, number, &block, err);
    buf_clear(&block.code);
    if (r == TQ_OK)
        *out_use = block.use;
    return r;
}
