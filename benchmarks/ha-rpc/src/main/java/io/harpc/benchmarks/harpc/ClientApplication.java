package io.harpc.benchmarks.harpc;

import io.harpc.annotation.RpcReference;
import io.harpc.benchmarks.api.UserService;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** Asks for the service. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ClientApplication {

	private final UserService users;

	ClientApplication(@RpcReference UserService users) {
		this.users = users;
	}

	UserService users() {
		return this.users;
	}

}
