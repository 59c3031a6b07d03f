package io.coordination;

import io.coordination.internal.Checks;
import io.coordination.internal.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The rules for the endpoints of one coordinator. */
final class Endpoints {
    private Endpoints() {}

    static List<String> normalised(String parameter, String first, String... more) {
        List<String> all = new ArrayList<>();
        all.add(first);
        for (String endpoint : more) {
            all.add(endpoint);
        }
        return normalised(parameter, all);
    }

    /** Every endpoint once, in its normal form and the given order. */
    static List<String> normalised(String parameter, List<String> endpoints) {
        Set<Endpoint> parsed = new LinkedHashSet<>();
        for (String endpoint : Checks.notNull(parameter, endpoints)) {
            parsed.add(Endpoint.parse(parameter, Checks.notNull(parameter, endpoint)));
        }
        if (parsed.isEmpty()) {
            throw Checks.invalid(
                    parameter, endpoints, "give at least one, for example " + CoordinatorOptions.DEFAULT_ENDPOINT);
        }
        if (parsed.stream().map(Endpoint::scheme).distinct().count() > 1) {
            throw Checks.invalid(parameter, endpoints, "all endpoints of a coordinator must have one scheme");
        }
        if (parsed.size() > 1 && parsed.iterator().next().port() == 0) {
            throw Checks.invalid(parameter, endpoints, "a store without a network address is one endpoint only");
        }
        return parsed.stream().map(Endpoint::toString).toList();
    }

    static void checkTls(List<String> endpoints, boolean tlsGiven) {
        boolean https = endpoints.get(0).startsWith("https:");
        if (https && !tlsGiven) {
            throw Checks.invalid(
                    "tls",
                    null,
                    "https endpoints need TLS options; call tls(TlsOptions), or set coordination.tls.ca or"
                            + " COORDINATION_TLS_CA, or use tls(TlsOptions.jvmTrust()) to trust what the JVM trusts");
        }
        if (!https && tlsGiven) {
            throw Checks.invalid(
                    "endpoints", endpoints, "TLS options need https endpoints; write https:// or leave out tls");
        }
    }
}
