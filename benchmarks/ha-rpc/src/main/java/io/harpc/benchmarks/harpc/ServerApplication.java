package io.harpc.benchmarks.harpc;

import io.harpc.annotation.RpcService;
import io.harpc.benchmarks.api.UserServiceBean;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Offers the service. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ServerApplication.Users.class)
class ServerApplication {

	@RpcService
	static class Users extends UserServiceBean {

	}

}
