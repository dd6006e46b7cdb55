package io.harpc.hostile;

import java.io.ObjectInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import javax.naming.Context;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.serialization.Serializer;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What known holes of other frameworks needed and is not there at all.
 */
class CveRootCauseTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.importUrl(Serializer.class.getProtectionDomain().getCodeSource().getLocation());

	/** Of any hole by deserialization, by a script or by a name to look up. */
	@Test
	void nothingReadsJavaObjectsRunsScriptsOrLooksUpNames() {
		assertThat(CLASSES).hasSizeGreaterThan(150);
		noClasses().should()
			.dependOnClassesThat()
			.areAssignableTo(ObjectInputStream.class)
			.orShould()
			.dependOnClassesThat()
			.resideInAnyPackage("java.rmi..", "javax.naming.spi..", "javax.script..", "java.beans..", "org.yaml..")
			.orShould()
			.dependOnClassesThat()
			// What is left of javax.naming takes apart the names in certificates.
			.areAssignableTo(Context.class)
			.check(CLASSES);
	}

	/** Dubbo's script and YAML rules of the registry: of metadata, all is text. */
	@Test
	void cve202130180AndCve202130181AndCve202136162WhatTheRegistrySaysIsNeverRun() {
		Map<String, String> metadata = Map.of("router", "script://java.lang.Runtime.getRuntime().exec('true')", "rule",
				"!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://localhost\"]]]]",
				"jndi", "${jndi:ldap://localhost/a}");
		Instance instance = new Instance("i-1", new ServiceKey("shop.Orders", "", ""), new Address("10.0.0.1", 20880),
				100, "", "json", metadata);
		assertThat(InstanceJson.read(InstanceJson.write(instance)).metadata()).isEqualTo(metadata);
		for (String rule : List.of("!!javax.script.ScriptEngineManager []", "--- !!java.net.URL [\"http://localhost\"]",
				"function route() {}", "{\"format\":1,\"metadata\":{\"rule\":{\"@class\":\"java.net.URL\"}}}")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> InstanceJson.read(rule.getBytes(StandardCharsets.UTF_8)));
		}
	}

	/** The registry's word on the codec, too, is no more than the name of one of ours. */
	@Test
	void cve202125641ACodecIsOneOfTwo() {
		for (String codec : List.of("java", "nativejava", "hessian2", "kryo", "fst", "JSON", "")) {
			assertThatIllegalArgumentException().isThrownBy(() -> Serializer.byName(codec));
		}
	}

}
