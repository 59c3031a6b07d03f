package io.coordination.tests.consistency;

class ConsistencyEtcd35IT extends ConsistencyScenarios {

    @Override
    String version() {
        return "3.5";
    }
}
