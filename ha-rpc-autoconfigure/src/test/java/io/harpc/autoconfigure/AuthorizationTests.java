package io.harpc.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.harpc.ForwardedIdentity;
import io.harpc.annotation.RpcService;
import io.harpc.server.AccessRule;
import io.harpc.server.AuthorizationSettings;
import io.harpc.server.Authorizer;
import io.harpc.server.Permission;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import jakarta.annotation.security.RolesAllowed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the properties and beans that say who may call what.
 */
@ExtendWith(OutputCaptureExtension.class)
class AuthorizationTests {

	private static final String RULE = "ha-rpc.server.authorization.rules[0].";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcSecurityAutoConfiguration.class,
				RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.server.port=0", "ha-rpc.server.advertised-host=localhost")
		.withBean(RecordingRegistry.class);

	@Test
	void everybodyMayCallEverythingUnlessToldOtherwise() {
		this.runner.withUserConfiguration(GreeterService.class).run((context) -> {
			assertThat(settings(context.getBean(RpcServerSettings.class)).rules()).isEmpty();
			assertThat(context.getBean(RpcServer.class).isAuthorizing()).isFalse();
			assertThat(context).doesNotHaveBean(ForwardedIdentity.class);
		});
	}

	@Test
	void rulesAreReadInOrder() {
		this.runner
			.withPropertyValues(RULE + "services=com.acme.*,com.other.Order", RULE + "methods=find*,get",
					RULE + "identities=shop,CN=till", RULE + "roles=READER",
					"ha-rpc.server.authorization.rules[1].services=*",
					"ha-rpc.server.authorization.rules[1].access=authenticated",
					"ha-rpc.server.authentication.trusted-forwarders=gate")
			.run((context) -> {
				AuthorizationSettings settings = settings(context.getBean(RpcServerSettings.class));
				assertThat(settings.rules()).usingRecursiveComparison()
					.ignoringFieldsOfTypes(Pattern.class)
					.isEqualTo(List.of(
							new AccessRule(List.of("com.acme.*", "com.other.Order"), List.of("find*", "get"),
									Permission.of(Set.of("shop", "CN=till"), List.of("READER"))),
							new AccessRule(List.of("*"), List.of("*"), Permission.ofAuthenticated())));
				assertThat(settings.forwarders()).containsExactly("gate");
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "methods=find|roles=A; services: none (expected: names of interfaces",
					"services=com/acme/**|roles=A; services: 'com/acme/**' (expected: names of interfaces",
					"services=*; neither identities nor roles (expected: at least one)",
					"services=*|methods=find(long,int)|roles=A; methods: 'find(long' (expected: names of methods",
					"services=*|access=authenticated|roles=A; access beside identities or roles",
					"services=*|identities=*; identity: '*' (expected: a name" })
	void aRuleThatCannotBeMeantEndsTheStart(String rule, String message) {
		String[] properties = rule.split("\\|");
		for (int i = 0; i < properties.length; i++) {
			properties[i] = RULE + properties[i];
		}
		this.runner.withPropertyValues(properties)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("ha-rpc.server.authorization.rules[0]")
				.hasMessageContaining(message));
	}

	@Test
	void overloadedMethodsAreToldApartByAListOfYaml() {
		this.runner
			.withPropertyValues(RULE + "services=*", RULE + "methods[0]=find(long,int)", RULE + "access=deny-all")
			.run((context) -> assertThat(settings(context.getBean(RpcServerSettings.class)).rules()).hasSize(1));
	}

	@Test
	void aMisspeltRuleIsNamed(CapturedOutput output) {
		this.runner.withUserConfiguration(GreeterService.class)
			.withPropertyValues(RULE + "services=com.acme.Greter", RULE + "access=permit-all")
			.run((context) -> assertThat(output)
				.contains("The rule for services [com.acme.Greter] [*] is about no method", "Nobody may call these"));
	}

	@Test
	void anAnnotationForCallersWhoCannotProveWhoTheyAreEndsTheStart() {
		this.runner.withUserConfiguration(RestrictedService.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("Greeter#greet() is for callers who have proven who they are");
			assertThat(context.getStartupFailure()).hasStackTraceContaining("RpcStartupException");
		});
		this.runner.withUserConfiguration(RestrictedService.class)
			.withPropertyValues("ha-rpc.server.authentication.keys.k.secret=" + "x".repeat(32))
			.run((context) -> assertThat(context.getBean(RpcServer.class).isAuthorizing()).isTrue());
	}

	@Test
	void authorizersAreAskedInOrder() {
		Authorizer first = (identity, method) -> Authorizer.Decision.abstain();
		Authorizer second = (identity, method) -> Authorizer.Decision.permit();
		this.runner.withBean("first", Authorizer.class, () -> first)
			.withBean("second", Authorizer.class, () -> second)
			.withUserConfiguration(GreeterService.class)
			.run((context) -> {
				assertThat(settings(context.getBean(RpcServerSettings.class)).authorizers()).containsExactly(first,
						second);
				assertThat(context.getBean(RpcServer.class).isAuthorizing()).isTrue();
			});
	}

	@Test
	void theUsersOwnSettingsWin() {
		this.runner.withBean(AuthorizationSettings.class, () -> AuthorizationSettings.NONE)
			.withPropertyValues(RULE + "services=*", RULE + "access=deny-all")
			.run((context) -> assertThat(settings(context.getBean(RpcServerSettings.class)))
				.isSameAs(AuthorizationSettings.NONE));
	}

	@Test
	void neitherSpringSecurityNorJakartaAnnotationsNeedBeThere() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.security", "jakarta.annotation.security"))
			.withUserConfiguration(GreeterService.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SecurityContextObserver.class)
				.doesNotHaveBean(AuthorizationSettings.Declarations.class));
	}

	@Test
	void theCallersIdentityGoesOnWhereThePropertySaysSo() {
		this.runner.withPropertyValues("ha-rpc.client.propagate-identity=true")
			.run((context) -> assertThat(context).hasSingleBean(ForwardedIdentity.class));
	}

	private static AuthorizationSettings settings(RpcServerSettings server) {
		return server.authorization();
	}

	interface Greeter {

		String greet();

	}

	@RpcService
	@RolesAllowed("GUEST")
	static class RestrictedService implements Greeter {

		@Override
		public String greet() {
			return "Hello";
		}

	}

	@RpcService
	static class GreeterService implements Greeter {

		@Override
		public String greet() {
			return "Hello";
		}

	}

}
