package io.coordination;

import io.coordination.spi.CoordinatorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the one implementation of the SDK. */
final class CoordinatorProviders {
    private CoordinatorProviders() {}

    static Coordinator connect(CoordinatorOptions options) {
        CoordinatorProvider provider = find();
        try {
            return provider.connect(options);
        } catch (CoordinationException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw CoordinationException.of(
                    ErrorCode.INTERNAL_ERROR,
                    "The coordinator could not be opened because of an unexpected "
                            + e.getClass().getSimpleName() + "; its cause says more",
                    e);
        }
    }

    /** What our own class loader sees; in containers that separate the API from its implementation, what the thread's sees. */
    private static CoordinatorProvider find() {
        List<CoordinatorProvider> own = load(CoordinatorProviders.class.getClassLoader());
        return only(own.isEmpty() ? load(Thread.currentThread().getContextClassLoader()) : own);
    }

    static CoordinatorProvider only(List<CoordinatorProvider> found) {
        if (found.isEmpty()) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "No implementation is on the class path: add the dependency io.coordination:coordination-client");
        }
        if (found.size() > 1) {
            String names =
                    found.stream().map(p -> p.getClass().getName()).sorted().collect(Collectors.joining(", "));
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE, "Several implementations are on the class path, keep one of: " + names);
        }
        return found.get(0);
    }

    private static List<CoordinatorProvider> load(ClassLoader loader) {
        try {
            List<CoordinatorProvider> found = new ArrayList<>();
            ServiceLoader.load(CoordinatorProvider.class, loader).forEach(found::add);
            return found;
        } catch (ServiceConfigurationError e) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "The implementation on the class path cannot be loaded; use one version of all io.coordination artifacts"
                            + " (import io.coordination:coordination-bom)",
                    e);
        }
    }
}
