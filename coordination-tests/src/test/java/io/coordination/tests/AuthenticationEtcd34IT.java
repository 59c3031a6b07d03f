package io.coordination.tests;

class AuthenticationEtcd34IT extends AuthenticationScenarios {

    @Override
    String version() {
        return "3.4";
    }
}
