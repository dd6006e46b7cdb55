package io.harpc.autoconfigure;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what an application that cannot start says: what, where, and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

	@Test
	void aTakenPort(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			fail(Hello.class, "ha-rpc.server.port=" + taken.getLocalPort());
			assertThat(output).contains("APPLICATION FAILED TO START",
					"The RPC server cannot listen on 0.0.0.0:" + taken.getLocalPort() + ": Address already in use",
					"set ha-rpc.server.port to another one");
		}
	}

	@Test
	void aReferenceToAClass(CapturedOutput output) {
		fail(ReferenceToClass.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Field text of " + ReferenceToClass.class.getName() + " (reference 'string')",
				"java.lang.String, which is not an interface", "Use the interface of the service");
	}

	@Test
	void aServiceOfferedTwice(CapturedOutput output) {
		fail(Twice.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Two beans offer the service " + Greeter.class.getName(), "(" + Hello.class.getName() + ")",
				"(" + OtherHello.class.getName() + ")", "Give one of the two another version or group");
	}

	@Test
	void aServiceDefinedAsAComponentAndByAMethod(CapturedOutput output) {
		fail(ScannedAndMade.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Two beans offer the service " + Greeter.class.getName(),
				"'" + Hello.class.getName() + "' (" + Hello.class.getName() + ")", "'greeter' (" + Hello.class.getName()
						+ "), defined by method 'greeter' in " + ScannedAndMade.class.getName(),
				"Define the bean once", "Remove the @Bean method");
	}

	@Test
	void anUnknownBalancer(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.client.load-balancer=fastest");
		assertThat(output).contains("APPLICATION FAILED TO START", "Parameter 0 of the constructor of",
				"(reference 'greeter')", "'fastest'", "p2c, primary-backup, random, round-robin",
				"property load-balancer");
	}

	@Test
	void anInterfaceThatCannotTravelAsReference(CapturedOutput output) {
		fail(ReferenceToRaw.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "setRaw of " + ReferenceToRaw.class.getName(),
				Raw.class.getName(), "take", "Change the interface as said above");
	}

	@Test
	void anInterfaceThatCannotTravelAsService(CapturedOutput output) {
		fail(RawService.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "(" + RawService.class.getName() + ")",
				"offers an interface that cannot travel", "take", "@RpcService(interfaces = ...)");
	}

	@Test
	void aServiceWithoutAnInterface(CapturedOutput output) {
		fail(Faceless.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "implements no interface of its own",
				"Let Faceless implement");
	}

	@Test
	void aServiceOfAWeightThatNobodyTakes(CapturedOutput output) {
		fail(Heavy.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "(" + Heavy.class.getName() + ")",
				"weight: 100001 (expected: 0 to 100000)", "in its @RpcService");
	}

	@Test
	void aHostThatIsNone(CapturedOutput output) {
		fail(Hello.class, "ha-rpc.server.advertised-host=http://here");
		assertThat(output).contains("APPLICATION FAILED TO START", "host: 'http://here'", "below ha-rpc.server");
	}

	@Test
	void aServiceThatOffersWhatItIsNot(CapturedOutput output) {
		fail(Pretender.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "is to offer java.util.List",
				"Correct the attribute interfaces");
	}

	@Test
	void aClusterThatIsNone(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.client.references.greeter.cluster=best");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.client.references.greeter.cluster", "best",
				"failfast", "failover", "failsafe");
	}

	@Test
	void aClusterOfAnAnnotationThatIsNone(CapturedOutput output) {
		fail(WithBadCluster.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "reference 'greeter'",
				"cluster: 'best' (expected: one of failover, failfast, failsafe, failback, hedged, broadcast)",
				"Correct the value named above");
	}

	@Test
	void anAttemptTimeoutThatIsNone(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.client.attempt-timeout=0s");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.client.attempt-timeout",
				"Expected: more than zero");
	}

	@Test
	void aFallbackOfAnotherInterface(CapturedOutput output) {
		fail(WithForeignFallback.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "(reference 'greeter') names the fallback",
				Plain.class.getName(), "does not implement " + Greeter.class.getName(), "Let Plain implement Greeter");
	}

	@Test
	void aFallbackThatCannotBeMade(CapturedOutput output) {
		fail(WithAbstractFallback.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "names the fallback", "which cannot be had",
				"Define one bean of that class");
	}

	@Test
	void aTimeoutThatIsNone(CapturedOutput output) {
		fail(WithBadTimeout.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "soon", "(reference 'greeter')",
				"timeout: 'soon' (expected: a time such as 500ms or 2s)", "Correct the value named above");
	}

	@Test
	void aReferenceToAList(CapturedOutput output) {
		fail(ReferenceToList.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"asks for a java.util.List; @RpcReference takes the interface of a service",
				"Ask for the service's interface itself");
	}

	@Test
	void aReferenceInAStaticField(CapturedOutput output) {
		fail(InStaticField.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Field greeter of " + InStaticField.class.getName() + " has @RpcReference and is static",
				"Remove static");
	}

	@ParameterizedTest
	@ValueSource(classes = { OneReference.class, InField.class, InSetter.class })
	void aReferenceWithoutABeanWhereHaRpcIsDisabled(Class<?> bean, CapturedOutput output) {
		fail(bean, "ha-rpc.enabled=false");
		assertThat(output).contains("APPLICATION FAILED TO START", bean.getName(),
				"asks by @RpcReference for " + Greeter.class.getName(), "ha-rpc.enabled is false",
				"Define a bean or a mock of " + Greeter.class.getName());
	}

	@Test
	void anAnnotationThatAConstructorDoesNotPassOn(CapturedOutput output) {
		fail(LikeLombok.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Parameter 0 of constructor in " + LikeLombok.class.getName() + " asks for a bean of type "
						+ Greeter.class.getName(),
				"@RpcReference is on the field 'greeter', not on the parameter", "Put @RpcReference on the parameter",
				"lombok.copyableAnnotations += io.harpc.annotation.RpcReference");
	}

	@Test
	void aBeanThatHasNothingToDoWithReferencesIsLeftToSpringBoot(CapturedOutput output) {
		fail(Ordinary.class);
		assertThat(output).contains("APPLICATION FAILED TO START", "Consider defining a bean of type")
			.doesNotContain("@RpcReference");
	}

	@Test
	void anUnknownKindOfRegistry(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.registry.type=etcd");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.registry.type", "etcd", "DISCOVERY_CLIENT",
				"ZOOKEEPER");
	}

	@Test
	void aRegistryThatIsRequiredAndAway(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.registry.type=zookeeper", "ha-rpc.registry.required=true",
				"ha-rpc.registry.zookeeper.connect-string=localhost:1",
				"ha-rpc.registry.zookeeper.connection-timeout=300ms");
		assertThat(output).contains("APPLICATION FAILED TO START", "could not be reached within 300 ms",
				"ha-rpc.registry.required is true", "ha-rpc.registry.zookeeper.connect-string is localhost:1");
	}

	@Test
	void aConnectStringThatIsNone(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.registry.type=zookeeper",
				"ha-rpc.registry.zookeeper.connect-string=localhost:abc");
		assertThat(output).contains("APPLICATION FAILED TO START", "below ha-rpc.registry.zookeeper cannot work",
				"connect string: localhost:abc (expected: host:port, separated by commas)");
	}

	@Test
	void aValueOutOfItsRange(CapturedOutput output) {
		fail(Hello.class, "ha-rpc.server.max-connections=0");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.server.max-connections", "'0'",
				"Expected: at least 1");
	}

	@Test
	void aValueOfTheWrongKind(CapturedOutput output) {
		fail(Hello.class, "ha-rpc.server.max-frame-size=big");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.server.max-frame-size", "big");
	}

	@Test
	void aStaticAddressThatIsNone(CapturedOutput output) {
		fail(OneReference.class, "ha-rpc.registry.type=static", "ha-rpc.registry.static.greeter=nowhere");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha-rpc.registry.static.greeter", "nowhere",
				"host:port");
	}

	@Test
	void aMisspelledNameOfAReferenceIsNoFailureButWarnedOf(CapturedOutput output) {
		run(OneReference.class, "ha-rpc.client.references.greter.timeout=1s").close();
		assertThat(output).contains("WARN",
				"set for [greter], but no reference has such a name (there are: [greeter])");
	}

	@Test
	void anUnknownPropertyIsNoFailureButWarnedOf(CapturedOutput output) {
		run(OneReference.class, "ha-rpc.client.references.greeter.timout=1s", "ha-rpc.server.prot=1",
				"ha-rpc.client.references.greeter.maxAttempts=2")
			.close();
		assertThat(output).contains("Properties that ha-rpc does not know are set, and do nothing:"
				+ " ha-rpc.client.references.greeter.timout (\"ha-rpc.client.references.greeter.timout\" from property"
				+ " source \"commandLineArgs\"), ha-rpc.server.prot (");
		assertThat(output).doesNotContainIgnoringCase("maxattempts").doesNotContainIgnoringCase("max-attempts");
	}

	@Test
	void propertiesThatAreKnownAreNotWarnedOf(CapturedOutput output) {
		run(OneReference.class, "ha-rpc.registry.static.greeter=localhost:1", "ha-rpc.server.address=127.0.0.1",
				"ha-rpc.registry.snapshot-directory=target/none", "ha-rpc.client.references.greeter.idempotent[0]=a")
			.close();
		assertThat(output).doesNotContain("does not know");
	}

	private static void fail(Class<?> bean, String... properties) {
		assertThatException().isThrownBy(() -> run(bean, properties).close());
	}

	private static ConfigurableApplicationContext run(Class<?> bean, String... properties) {
		SpringApplication application = new SpringApplication(Application.class, bean);
		application.setBannerMode(Banner.Mode.OFF);
		application.setWebApplicationType(WebApplicationType.NONE);
		List<String> arguments = new ArrayList<>(List.of("--ha-rpc.registry.type=in-memory", "--ha-rpc.server.port=0"));
		for (String property : properties) {
			arguments.removeIf((argument) -> argument.startsWith("--" + property.substring(0, property.indexOf('='))));
			arguments.add("--" + property);
		}
		return application.run(arguments.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	interface Greeter {

		String greet(String name);

	}

	interface Raw {

		void take(Object anything);

	}

	@RpcService
	static class Hello implements Greeter {

		@Override
		public String greet(String name) {
			return "Hello " + name;
		}

	}

	@RpcService
	static class OtherHello extends Hello {

	}

	@Import({ Hello.class, OtherHello.class })
	static class Twice {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Hello.class)
	static class ScannedAndMade {

		@Bean
		Greeter greeter() {
			return new Hello();
		}

	}

	@RpcService
	static class RawService implements Raw {

		@Override
		public void take(Object anything) {
		}

	}

	@RpcService
	static class Faceless implements Runnable {

		@Override
		public void run() {
		}

	}

	@RpcService(interfaces = List.class)
	static class Pretender extends Hello {

	}

	@RpcService(weight = 100_001)
	static class Heavy extends Hello {

	}

	static class ReferenceToClass {

		@RpcReference
		@Nullable String text;

	}

	static class ReferenceToRaw {

		@RpcReference
		void setRaw(Raw raw) {
		}

	}

	static class OneReference {

		OneReference(@RpcReference Greeter greeter) {
		}

	}

	static class WithForeignFallback {

		@RpcReference(fallback = Plain.class)
		@Nullable Greeter greeter;

	}

	static class WithAbstractFallback {

		@RpcReference(fallback = Unfinished.class)
		@Nullable Greeter greeter;

	}

	static class Plain {

	}

	abstract static class Unfinished implements Greeter {

	}

	static class WithBadCluster {

		@RpcReference(cluster = "best")
		@Nullable Greeter greeter;

	}

	static class WithBadTimeout {

		@RpcReference(timeout = "soon")
		@Nullable Greeter greeter;

	}

	static class ReferenceToList {

		ReferenceToList(@RpcReference List<Greeter> greeters) {
		}

	}

	static class InStaticField {

		@RpcReference
		static @Nullable Greeter greeter;

	}

	static class InField {

		@RpcReference
		@Nullable Greeter greeter;

	}

	static class InSetter {

		@RpcReference
		void setGreeter(Greeter greeter) {
		}

	}

	static class LikeLombok {

		@RpcReference
		final Greeter greeter;

		LikeLombok(Greeter greeter) {
			this.greeter = greeter;
		}

	}

	static class Ordinary {

		Ordinary(Greeter greeter) {
		}

	}

}
