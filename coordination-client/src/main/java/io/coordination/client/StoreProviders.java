package io.coordination.client;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.store.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Chooses the engine by the scheme of the endpoints. None or two for a scheme is an error that lists what was found: there
 * is no fallback, because a silent in-memory lock is a split brain.
 */
final class StoreProviders {

    private StoreProviders() {}

    static Store open(CoordinatorOptions options, TimeSource time) {
        return forScheme(scheme(options), found()).open(options, time);
    }

    private static String scheme(CoordinatorOptions options) {
        String endpoint = options.endpoints().get(0);
        return endpoint.substring(0, endpoint.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    static StoreProvider forScheme(String scheme, List<StoreProvider> found) {
        List<StoreProvider> matching =
                found.stream().filter(p -> p.schemes().contains(scheme)).toList();
        if (matching.isEmpty()) {
            TreeSet<String> schemes = new TreeSet<>();
            found.forEach(provider -> schemes.addAll(provider.schemes()));
            throw new CoordinationException(
                    ErrorCode.VALIDATION_ERROR,
                    "endpoints: no store for the scheme '" + scheme + "' is on the class path, only for " + schemes
                            + "; " + wayOut(scheme));
        }
        if (matching.size() > 1) {
            String names =
                    matching.stream().map(p -> p.getClass().getName()).sorted().collect(Collectors.joining(", "));
            throw new CoordinationException(
                    ErrorCode.INVALID_STATE,
                    "endpoints: several stores for the scheme '" + scheme + "' are on the class path, keep one of: "
                            + names);
        }
        return matching.get(0);
    }

    private static String wayOut(String scheme) {
        return switch (scheme) {
            case "http", "https" -> "add the dependency io.coordination:coordination-etcd";
            case "memory" -> "add the dependency io.coordination:coordination-memory";
            default -> "use http, https or memory, or add the artifact that brings this scheme";
        };
    }

    private static List<StoreProvider> found() {
        List<StoreProvider> own = load(StoreProviders.class.getClassLoader());
        return own.isEmpty() ? load(Thread.currentThread().getContextClassLoader()) : own;
    }

    private static List<StoreProvider> load(ClassLoader loader) {
        try {
            List<StoreProvider> providers = new ArrayList<>();
            ServiceLoader.load(StoreProvider.class, loader).forEach(providers::add);
            return providers;
        } catch (ServiceConfigurationError e) {
            throw new CoordinationException(
                    ErrorCode.INVALID_STATE,
                    "a store on the class path cannot be loaded; use one version of all io.coordination artifacts (import"
                            + " io.coordination:coordination-bom)",
                    e);
        }
    }
}
