package io.harpc.benchmarks.micro;

import java.util.Arrays;

import io.harpc.ServiceKey;
import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.api.Users;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;

/** The calls of the side-by-side comparison, with their arguments. */
public enum Payload {

	/** The smallest. */
	EXIST_USER("existUser", "doug.lea@example.com") {

		@Override
		Object call(UserService service, Object argument) {
			return service.existUser((String) argument);
		}

	},

	/** A record there. */
	CREATE_USER("createUser", Users.user(12_345)) {

		@Override
		Object call(UserService service, Object argument) {
			return service.createUser((User) argument);
		}

	},

	/** A record back. */
	GET_USER("getUser", 12_345L) {

		@Override
		Object call(UserService service, Object argument) {
			return service.getUser((Long) argument);
		}

	},

	/** Fifteen records back. */
	LIST_USER("listUser", 12) {

		@Override
		Object call(UserService service, Object argument) {
			return service.listUser((Integer) argument);
		}

	};

	private static final UserService SERVICE = new UserServiceBean();

	private static final ServiceDescriptor DESCRIPTOR = ServiceDescriptor.of(ServiceKey.of(UserService.class),
			UserService.class);

	private final String methodName;

	private final Object argument;

	Payload(String methodName, Object argument) {
		this.methodName = methodName;
		this.argument = argument;
	}

	abstract Object call(UserService service, Object argument);

	/** Runs the handler. */
	Object handle(Object received) {
		return call(SERVICE, received);
	}

	MethodDescriptor method() {
		return DESCRIPTOR.methods()
			.stream()
			.filter((method) -> method.method().getName().equals(this.methodName))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"method: " + this.methodName + " (expected: one of " + Arrays.toString(values()) + ")"));
	}

	Object[] arguments() {
		return new Object[] { this.argument };
	}

	Object result() {
		return handle(this.argument);
	}

}
