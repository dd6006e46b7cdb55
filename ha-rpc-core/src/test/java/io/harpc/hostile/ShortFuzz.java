package io.harpc.hostile;

import java.io.IOException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer looks for bytes that break a {@link FuzzTarget}, for some seconds of every
 * build. Its library is there for these platforms; on others the class is skipped.
 */
@Tag("fuzz")
@EnabledOnOs(value = { OS.LINUX, OS.MAC, OS.WINDOWS }, architectures = { "amd64", "x86_64", "aarch64" })
class ShortFuzz {

	@MethodSource("io.harpc.hostile.Corpus#seeds")
	@FuzzTest(maxDuration = "4s")
	void everythingThatReadsBytesFromOutside(byte[] data) throws IOException {
		FuzzTarget.dispatch(data);
	}

}
