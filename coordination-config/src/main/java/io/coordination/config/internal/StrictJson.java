package io.coordination.config.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON that means what it says: a string is never read as a number or a truth value nor the other way round, a number with
 * a fraction never as a whole one, a number never as an enum constant. Whole numbers widen ({@code 5} is a valid {@code
 * long} and {@code double}) and never overflow. Unknown properties are ignored, a missing primitive is an error, times are
 * ISO 8601. Thread-safe.
 *
 * <p>Failures say what was expected and where, never what was found there: values are secrets until proved otherwise.
 * Jackson's own exceptions quote the input and are therefore not attached.
 */
final class StrictJson {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule(), new ParameterNamesModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private StrictJson() {}

    /** The factory of parsers that {@link #read} accepts. */
    static JsonFactory factory() {
        return MAPPER.getFactory();
    }

    /**
     * A value as JSON text.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when Jackson cannot write it
     */
    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    "value is of type " + value.getClass().getName() + ", which cannot be written as JSON" + where(e)
                            + ": use a record, a class with getters, a List, a Map, a String, a number, a boolean or byte[]");
        }
    }

    /**
     * The value that a parser stands at; null for the JSON null.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when it does not fit the type
     */
    static <T> @Nullable T read(JsonParser parser, Wanted<T> type, String found) {
        try {
            return MAPPER.readerFor(MAPPER.constructType(type.type())).readValue(parser);
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    found + ", which cannot be read as " + type.name() + where(e)
                            + ": read it as the type it was written as, or write it again");
        }
    }

    /** Where in the value it failed, and, when a class of the user refused it, by which exception. */
    private static String where(Throwable failure) {
        StringBuilder text = new StringBuilder();
        if (failure instanceof JsonMappingException mapping) {
            mapping.getPath().forEach(step -> append(text, step));
        }
        Throwable cause = failure instanceof JsonProcessingException ? failure.getCause() : failure;
        String place = text.length() == 0 ? "" : "at " + text;
        String reason = cause == null || cause instanceof JsonProcessingException
                ? ""
                : "refused with " + cause.getClass().getSimpleName();
        String both = place.isEmpty() || reason.isEmpty() ? place + reason : place + ", " + reason;
        return both.isEmpty() ? "" : " (" + both + ")";
    }

    private static void append(StringBuilder text, JsonMappingException.Reference step) {
        if (step.getFieldName() == null) {
            text.append('[').append(step.getIndex()).append(']');
        } else if (step.getFrom() instanceof Map) {
            // The keys of a map are content, the names of properties are code.
            text.append("[a key]");
        } else {
            text.append(text.length() == 0 ? "" : ".").append(step.getFieldName());
        }
    }
}
