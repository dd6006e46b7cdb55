package io.harpc;

import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NetworkChannel;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The arrows between the packages, and who may import what from outside.
 */
@AnalyzeClasses(packages = "io.harpc", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final DescribedPredicate<JavaClass> SOCKETS = assignableTo(Socket.class)
		.or(assignableTo(ServerSocket.class))
		.or(assignableTo(DatagramSocket.class))
		.or(assignableTo(NetworkChannel.class))
		.as("sockets");

	@ArchTest
	static final ArchRule packagesImportOnlyWhatLiesBelowThem = layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.withOptionalLayers(true)
		.layer("foundation")
		.definedBy("io.harpc")
		.layer("method")
		.definedBy("io.harpc.method")
		.layer("registry")
		.definedBy("io.harpc.registry")
		.layer("zookeeper")
		.definedBy("io.harpc.registry.zookeeper")
		.layer("loadbalancer")
		.definedBy("io.harpc.loadbalancer")
		.layer("resilience")
		.definedBy("io.harpc.resilience")
		.layer("serialization")
		.definedBy("io.harpc.serialization")
		.layer("protocol")
		.definedBy("io.harpc.protocol")
		.layer("security")
		.definedBy("io.harpc.security")
		.layer("transport")
		.definedBy("io.harpc.transport")
		.layer("failback")
		.definedBy("io.harpc.failback")
		.layer("client")
		.definedBy("io.harpc.client")
		.layer("server")
		.definedBy("io.harpc.server")
		.whereLayer("foundation")
		.mayNotAccessAnyLayer()
		.whereLayer("method")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("registry")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("zookeeper")
		.mayOnlyAccessLayers("foundation", "registry")
		.whereLayer("loadbalancer")
		.mayOnlyAccessLayers("foundation", "registry")
		.whereLayer("resilience")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("serialization")
		.mayOnlyAccessLayers("foundation", "method")
		.whereLayer("protocol")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("security")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("transport")
		.mayOnlyAccessLayers("foundation", "protocol", "security")
		.whereLayer("failback")
		.mayOnlyAccessLayers("foundation")
		.whereLayer("client")
		.mayOnlyAccessLayers("foundation", "method", "registry", "loadbalancer", "resilience", "serialization",
				"protocol", "transport", "failback")
		.whereLayer("server")
		.mayOnlyAccessLayers("foundation", "method", "registry", "resilience", "serialization", "protocol", "transport")
		.ensureAllClassesAreContainedInArchitecture();

	@ArchTest
	static final ArchRule packagesFormNoCycle = slices().matching("(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule coreImportsOnlyTheLibrariesItNames = classes().should()
		.onlyDependOnClassesThat()
		.resideInAnyPackage("io.harpc..", "java..", "javax.crypto..", "javax.net..", "javax.naming..",
				"javax.security.auth.x500..", "org.slf4j..", "org.jspecify..", "com.fasterxml.jackson..",
				"io.github.resilience4j..", "org.apache.curator..", "org.apache.zookeeper..", "org.h2.mvstore..");

	@ArchTest
	static final ArchRule onlyTransportImportsSockets = noClasses().that()
		.resideOutsideOfPackage("io.harpc.transport")
		.should()
		.dependOnClassesThat(SOCKETS);

	@ArchTest
	static final ArchRule onlyTransportClientAndServerImportTls = noClasses().that()
		.resideOutsideOfPackages("io.harpc.transport", "io.harpc.client", "io.harpc.server")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("javax.net..");

	@ArchTest
	static final ArchRule onlyTheZooKeeperRegistryImportsCurator = noClasses().that()
		.resideOutsideOfPackage("io.harpc.registry.zookeeper")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..");

	@ArchTest
	static final ArchRule onlyFailbackImportsMvStore = noClasses().that()
		.resideOutsideOfPackage("io.harpc.failback")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.h2..");

	@ArchTest
	static final ArchRule onlyResilienceImportsResilience4j = noClasses().that()
		.resideOutsideOfPackage("io.harpc.resilience")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.github.resilience4j..");

	@ArchTest
	static final ArchRule onlySerializationAndTheRegistriesImportJackson = noClasses().that()
		.resideOutsideOfPackages("io.harpc.serialization", "io.harpc.registry..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("com.fasterxml.jackson..");

}
