import Similarity
import Testing

struct SipHashTests {
    /// The authors' reference vector of eight bytes 00…07 under the key 00…0f.
    @Test func `the published vector of eight bytes comes out`() {
        let hash = SipHash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        #expect(hash(0x0706_0504_0302_0100) == 0x93f5_f579_9a93_2462)
    }
}
