package io.coordination.etcd;

import io.coordination.Instrumentation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows by what the instrumentation hears which members answer at present. */
final class AnsweringMembers implements Instrumentation {

    private final Set<String> endpoints = ConcurrentHashMap.newKeySet();

    Set<String> endpoints() {
        return endpoints;
    }

    @Override
    public Connections connections() {
        return new Connections() {
            @Override
            public void member(String endpoint, boolean answers) {
                if (answers) {
                    endpoints.add(endpoint);
                } else {
                    endpoints.remove(endpoint);
                }
            }
        };
    }
}
