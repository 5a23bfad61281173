/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "extract/codepage.h"

static void *expat_malloc(size_t size)
{
    return alloc_resize(NULL, 1, size);
}

static void *expat_realloc(void *old, size_t size)
{
    return alloc_resize(old, 1, size);
}

static const char *without_prefix(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

/* A visitor's call came back with `r`: if it failed, the parser stops. */
static void take_status(struct xml *xml, int r)
{
    if (r >= 0)
        return;
    xml->failed = r;
    (void)XML_StopParser(xml->parser, XML_FALSE);
}

static void on_begin(void *state, const XML_Char *name, const XML_Char **attributes)
{
    struct xml *xml = state;

    if (xml->failed < 0 || xml->fault)
        return;
    if (++xml->depth > XML_DEPTH_MAX) {
        xml->fault = "elements are nested too deeply";
        xml->fault_line = xml_line(xml);
        (void)XML_StopParser(xml->parser, XML_FALSE);
        return;
    }
    if (xml->visitor->begin)
        take_status(xml, xml->visitor->begin(xml->visitor->state, without_prefix(name), attributes,
                                             xml->err));
}

static void on_end(void *state, const XML_Char *name)
{
    struct xml *xml = state;

    if (xml->failed < 0 || xml->fault)
        return;
    xml->depth--;
    if (xml->visitor->end)
        take_status(xml, xml->visitor->end(xml->visitor->state, without_prefix(name), xml->err));
}

static void on_text(void *state, const XML_Char *text, int length)
{
    struct xml *xml = state;

    if (xml->failed < 0 || xml->fault || !xml->visitor->text)
        return;
    take_status(
        xml, xml->visitor->text(xml->visitor->state, slice_make(text, (size_t)length), xml->err));
}

/* Encodings that expat does not know, from our own tables: files may not be opened here. */
static int on_encoding(void *state, const XML_Char *name, XML_Encoding *out)
{
    const struct codepage *page = codepage_find(slice_of(name));

    (void)state;
    if (!page)
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) {
        int code = i < 128 ? i : page->upper[i - 128];

        out->map[i] = i > 0 && code == 0 ? -1 : code;
    }
    out->data = NULL;
    out->convert = NULL;
    out->release = NULL;
    return XML_STATUS_OK;
}

int xml_open(struct xml *xml, const struct xml_visitor *visitor, const char *encoding,
             struct tq_error *err)
{
    static const XML_Memory_Handling_Suite memory = {expat_malloc, expat_realloc, free};
    XML_Parser parser = XML_ParserCreate_MM(encoding, &memory, NULL);

    *xml = (struct xml){.visitor = visitor, .parser = parser};
    if (!parser)
        return tq_no_memory(err);
    /* Without a salt expat asks for one by its own means; runs must not differ anyhow. */
    (void)XML_SetHashSalt(parser, 0x7461687169710001UL);
    XML_SetUserData(parser, xml);
    XML_SetElementHandler(parser, on_begin, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetUnknownEncodingHandler(parser, on_encoding, NULL);
    (void)XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER);
    return TQ_OK;
}

void xml_clear(struct xml *xml)
{
    if (xml->parser)
        XML_ParserFree(xml->parser);
    *xml = (struct xml){0};
}

static int feed_piece(struct xml *xml, struct slice bytes, bool final, struct tq_error *err)
{
    enum XML_Error code;

    if (XML_Parse(xml->parser, bytes.length ? bytes.data : "", (int)bytes.length, final)
        != XML_STATUS_ERROR)
        return TQ_OK;
    if (xml->failed < 0)
        return xml->failed;
    code = XML_GetErrorCode(xml->parser);
    if (code == XML_ERROR_NO_MEMORY)
        return tq_no_memory(err);
    if (!xml->fault) {
        xml->fault = XML_ErrorString(code);
        xml->fault_line = xml_line(xml);
    }
    if (XML_GetCurrentByteIndex(xml->parser) > 0)
        xml->fault_at = (uint64_t)XML_GetCurrentByteIndex(xml->parser);
    return TQ_OK;
}

int xml_feed(struct xml *xml, struct slice bytes, bool final, struct tq_error *err)
{
    int r = TQ_OK;

    xml->err = err;
    do {
        size_t length = bytes.length < INT_MAX / 2 ? bytes.length : INT_MAX / 2;
        bool last = final && length == bytes.length;

        if (xml->fault)
            return TQ_OK;
        r = feed_piece(xml, slice_make(bytes.data, length), last, err);
        bytes = slice_skip(bytes, length);
    } while (r == TQ_OK && bytes.length > 0);
    return r;
}

uint64_t xml_line(const struct xml *xml)
{
    return XML_GetCurrentLineNumber(xml->parser);
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(without_prefix(attributes[0]), name) == 0)
            return attributes[1];
    }
    return NULL;
}

uint64_t xml_number(const char **attributes, const char *name, uint64_t otherwise)
{
    const char *text = xml_attribute(attributes, name);
    uint64_t value = 0;

    if (!text || *text < '0' || *text > '9')
        return otherwise;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (value > UINT32_MAX)
            return UINT32_MAX;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    return value;
}

bool xml_flag(const char **attributes, const char *name)
{
    const char *text = xml_attribute(attributes, name);

    return text && (strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0);
}
