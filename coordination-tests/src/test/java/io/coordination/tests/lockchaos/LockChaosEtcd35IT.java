package io.coordination.tests.lockchaos;

class LockChaosEtcd35IT extends LockChaosScenarios {

    @Override
    String version() {
        return "3.5";
    }

    @Override
    int seconds() {
        return 60;
    }
}
