package io.harpc;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Keeps the arrows between the packages of this module.
 */
@AnalyzeClasses(packages = { "io.harpc.annotation", "io.harpc.autoconfigure" },
		importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule noCyclesBetweenPackages = slices().matching("io.harpc.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule nothingKnowsActuator = noClasses().that()
		.resideOutsideOfPackage("io.harpc.autoconfigure.actuate..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot.actuate..", "io.micrometer.core..",
				"io.harpc.autoconfigure.actuate..");

}
