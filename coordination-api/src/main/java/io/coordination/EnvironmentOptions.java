package io.coordination;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@link CoordinatorOptions} from system properties and environment variables; a property beats the variable. */
final class EnvironmentOptions {
    private final Function<String, @Nullable String> properties;
    private final Function<String, @Nullable String> variables;

    EnvironmentOptions(Function<String, @Nullable String> properties, Function<String, @Nullable String> variables) {
        this.properties = properties;
        this.variables = variables;
    }

    static EnvironmentOptions ofProcess() {
        return new EnvironmentOptions(System::getProperty, System::getenv);
    }

    /** Options, and in words where their endpoints came from. */
    record Loaded(CoordinatorOptions options, String endpointsSource) {}

    /** A value, and in words where it was found. */
    private record Setting(String value, String source) {}

    Loaded load() {
        CoordinatorOptions.Builder builder = CoordinatorOptions.builder();
        Optional<Setting> endpoints = find("endpoints");
        endpoints.ifPresent(s -> builder.endpoints(Endpoints.normalised(s.source(), elements(s.value()))));
        find("namespace").ifPresent(s -> builder.namespace(Checks.namespace(s.source(), s.value())));
        find("username").ifPresent(s -> builder.username(Checks.name(s.source(), s.value())));
        find("password").ifPresent(s -> builder.password(s.value()));
        find("request-timeout").ifPresent(s -> builder.requestTimeout(s.source(), duration(s)));
        find("connect-timeout").ifPresent(s -> builder.connectTimeout(s.source(), duration(s)));
        tls().ifPresent(builder::tls);
        return new Loaded(builder.build(), endpoints.map(Setting::source).orElse("default"));
    }

    private Optional<TlsOptions> tls() {
        Optional<Setting> ca = find("tls.ca");
        Optional<Setting> certificate = find("tls.cert");
        Optional<Setting> key = find("tls.key");
        if (ca.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
            return Optional.empty();
        }
        TlsOptions.Builder builder = TlsOptions.builder();
        ca.ifPresent(s -> builder.trustCertificates(path(s)));
        if (certificate.isPresent() && key.isPresent()) {
            builder.clientCertificate(path(certificate.get()), path(key.get()));
        } else if (certificate.isPresent()) {
            throw Checks.invalid("tls.key", null, certificate.get().source() + " is set, so give the private key too");
        } else if (key.isPresent()) {
            throw Checks.invalid("tls.cert", null, key.get().source() + " is set, so give the certificate chain too");
        }
        return Optional.of(builder.build());
    }

    private Optional<Setting> find(String option) {
        String property = "coordination." + option;
        String variable = property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
        return setting(properties.apply(property), "system property " + property)
                .or(() -> setting(variables.apply(variable), "environment variable " + variable));
    }

    private static Optional<Setting> setting(@Nullable String value, String source) {
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(new Setting(value.strip(), source));
    }

    private static List<String> elements(String value) {
        return Arrays.stream(value.split(","))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static Duration duration(Setting setting) {
        return Durations.parse(setting.source(), setting.value());
    }

    private static Path path(Setting setting) {
        try {
            return Path.of(setting.value());
        } catch (InvalidPathException notPath) {
            throw Checks.invalid(setting.source(), setting.value(), "give the path of a PEM file");
        }
    }
}
