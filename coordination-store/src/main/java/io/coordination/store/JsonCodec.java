package io.coordination.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON, by Jackson. Unknown properties are ignored, missing primitives are an error, times are ISO 8601.
 * Thread-safe.
 *
 * <p>Failures say which type and which property, and never the content: values are secrets until proved otherwise. That is
 * why Jackson's own exception, whose message quotes the input, is not attached.
 */
public final class JsonCodec {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule(), new ParameterNamesModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private JsonCodec() {}

    /**
     * A value as JSON text.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when Jackson cannot write it
     */
    public static Bytes write(Object value) {
        try {
            return Bytes.copyOf(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw failure("a value of type " + value.getClass().getName() + " cannot be written as JSON", e);
        }
    }

    /**
     * A value read from JSON text.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when the text is no JSON or does not fit the type
     */
    public static <T> T read(Bytes json, Class<T> type) {
        try {
            return requireValue(MAPPER.readValue(json.toArray(), type), type);
        } catch (IOException e) {
            throw failure("the stored value cannot be read as " + type.getTypeName(), e);
        }
    }

    private static <T> T requireValue(@Nullable T value, Class<T> type) {
        if (value == null) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    "the stored value is null where a " + type.getTypeName() + " is wanted");
        }
        return value;
    }

    private static CoordinationException failure(String sentence, Exception e) {
        String where = e instanceof JsonMappingException mapping
                        && !mapping.getPath().isEmpty()
                ? " (at " + mapping.getPath().stream().map(JsonCodec::step).collect(Collectors.joining(".")) + ")"
                : "";
        return new CoordinationException(ErrorCode.SERIALIZATION_ERROR, sentence + where);
    }

    /** One step of the way to the property; the keys of a map are content. */
    private static String step(JsonMappingException.Reference step) {
        Object from = step.getFrom();
        boolean ofMap = from instanceof Map || (from instanceof Class<?> type && Map.class.isAssignableFrom(type));
        if (step.getFieldName() == null) {
            return "[" + step.getIndex() + "]";
        }
        return ofMap ? "{}" : step.getFieldName();
    }
}
